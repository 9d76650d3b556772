//! An HTTP server that plays all providers.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub target: String,
    /// Everything, headers and body.
    pub text: String,
}

impl Request {
    /// The value of the header `name` (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.text.lines().skip(1).take_while(|line| !line.is_empty());
        lines
            .filter_map(|line| line.split_once(':'))
            .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then(|| value.trim()))
    }
}

/// What the server does with a request.
pub enum Answer {
    Bytes(Vec<u8>),
    /// Nothing, until the other side goes away.
    Silence,
    /// This, and then `x` for as long as somebody reads.
    Endless(Vec<u8>),
}

impl Answer {
    pub fn status(status: u16) -> Self {
        Answer::body(status, "{}")
    }

    pub fn body(status: u16, body: &str) -> Self {
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n", body.len());
        Answer::Bytes((head + body).into_bytes())
    }

    pub fn redirect(to: &str) -> Self {
        let head = format!("HTTP/1.1 302 X\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
        Answer::Bytes(head.into_bytes())
    }

    pub fn raw(text: &str) -> Self {
        Answer::Bytes(text.as_bytes().to_vec())
    }

    pub fn silence() -> Self {
        Answer::Silence
    }

    pub fn endless(status: u16) -> Self {
        Answer::Endless(format!("HTTP/1.1 {status} X\r\nconnection: close\r\n\r\n").into_bytes())
    }
}

/// A running server; it ends with the test.
pub struct Provider {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Provider {
    /// Starts a server that answers as `answer` says.
    pub fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (Arc::clone(&requests), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &seen, &*answer));
            }
        });
        Provider { address, requests }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What has been asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, seen: &Mutex<Vec<Request>>, answer: &dyn Fn(&Request) -> Answer) {
    let Some(request) = read(&mut stream) else { return };
    let answer = answer(&request);
    seen.lock().unwrap().push(request);
    // The other side may go away at any time: that is what some tests are about.
    match answer {
        Answer::Bytes(bytes) => _ = stream.write_all(&bytes),
        Answer::Silence => _ = stream.read(&mut [0; 16]),
        Answer::Endless(head) => {
            _ = stream.write_all(&head);
            while stream.write_all(&[b'x'; 4096]).is_ok() {}
        }
    }
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let mut text = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let count = stream.read(&mut chunk).ok().filter(|count| *count > 0)?;
        text.extend_from_slice(&chunk[..count]);
        let Some(end) = text.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let request = parse(&text)?;
        let length = request.header("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
        if text.len() >= end + 4 + length {
            return Some(request);
        }
    }
}

fn parse(text: &[u8]) -> Option<Request> {
    let text = String::from_utf8_lossy(text).into_owned();
    let mut words = text.lines().next()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    Some(Request { method, target, text })
}
