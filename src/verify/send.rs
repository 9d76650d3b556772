//! One request over the wire: TLS, proxies, time and size limits. The errors of
//! the HTTP library are never shown, as they may hold the URL that was asked.

use std::io::{ErrorKind, Read};
use std::net::SocketAddr;
use std::time::Duration;

use ureq::http::{HeaderValue, Request, Response, header, request};
use ureq::{Agent, Body, Error};

use super::Options;
use super::request::Filled;
use crate::rules::model::Method;

/// Bytes of an answer that are looked at; answers to *who am I* are short.
const MOST_BODY: u64 = 64 * 1024;
/// Bytes of the headers of an answer.
const MOST_HEADERS: usize = 32 * 1024;
/// So long is waited for a connection at most.
const CONNECT: Duration = Duration::from_secs(5);

/// What came back.
#[derive(Debug)]
pub(super) enum Reply {
    /// The body is cut at [`MOST_BODY`].
    Answered { status: u16, body: Vec<u8> },
    /// Nothing useful, for this reason.
    Failed(&'static str),
}

/// Sends requests.
pub(super) struct Client {
    agent: Agent,
    loopback: Option<SocketAddr>,
    /// Between two requests to one host.
    pub pause: Duration,
}

/// Ten requests a second are within what all providers in the catalogue allow.
const PAUSE: Duration = Duration::from_millis(100);

impl Client {
    /// A client that follows no redirect and reads `HTTPS_PROXY`, `ALL_PROXY`
    /// and `NO_PROXY`.
    pub fn new(options: &Options) -> Self {
        let mut config = Agent::config_builder()
            .https_only(options.loopback.is_none())
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(MOST_HEADERS)
            .max_idle_connections(0)
            .user_agent(concat!("seamline/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(CONNECT.min(options.timeout)))
            .timeout_global(Some(options.timeout));
        if options.loopback.is_some() {
            config = config.proxy(None);
        }
        let pause = if options.loopback.is_some() { Duration::ZERO } else { PAUSE };
        Client { agent: config.build().new_agent(), loopback: options.loopback, pause }
    }

    /// Sends `filled` and waits for the answer.
    pub fn send(&self, filled: &Filled) -> Reply {
        let answered = match filled.method {
            Method::Post => self.head(filled).and_then(|head| {
                head.body(filled.body.as_bytes()).ok().map(|request| self.agent.run(request))
            }),
            Method::Get | Method::Head => self
                .head(filled)
                .and_then(|head| head.body(()).ok().map(|request| self.agent.run(request))),
        };
        match answered {
            Some(Ok(response)) => read(response),
            Some(Err(error)) => Reply::Failed(plain(&error)),
            None => Reply::Failed("the request could not be written"),
        }
    }

    /// The request but for its body.
    fn head(&self, filled: &Filled) -> Option<request::Builder> {
        let url = match self.loopback {
            Some(address) => format!("http://{address}{}", filled.target),
            None => format!("https://{}{}", filled.host, filled.target),
        };
        let mut request = Request::builder().method(filled.method.name()).uri(url);
        if self.loopback.is_some() {
            request = request.header(header::HOST, &filled.host);
        }
        for (name, value) in &filled.headers {
            let mut value = HeaderValue::from_str(value).ok()?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        Some(request)
    }
}

fn read(mut response: Response<Body>) -> Reply {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    let reader = response.body_mut().as_reader();
    match reader.take(MOST_BODY).read_to_end(&mut body) {
        Ok(_) => Reply::Answered { status, body },
        Err(_) => Reply::Failed("the answer broke off"),
    }
}

/// Why a request failed, in our own words.
fn plain(error: &Error) -> &'static str {
    match error {
        Error::Timeout(_) => "no answer in time",
        Error::HostNotFound => "the provider's name could not be resolved",
        Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) => {
            "no connection with a certificate that is trusted"
        }
        Error::InvalidProxyUrl | Error::ConnectProxyFailed(_) => "the proxy refused the connection",
        Error::Io(error) if error.kind() == ErrorKind::InvalidData => {
            "no connection with a certificate that is trusted"
        }
        Error::Io(_) | Error::ConnectionFailed => "no connection to the provider",
        _ => "the answer could not be read",
    }
}
