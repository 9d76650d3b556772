# The image of the pre-commit hook `seamline-docker`; of use on its own too:
#   docker build -t seamline . && docker run --rm -v "$(pwd):/src:ro" seamline
FROM rust:1.95-slim-trixie AS build
WORKDIR /build
COPY . .
RUN cargo build --release --locked

FROM debian:trixie-slim
COPY --from=build /build/target/release/seamline /usr/local/bin/seamline
# The files that are scanned belong to somebody else, and nothing is written.
USER 65534:65534
WORKDIR /src
ENTRYPOINT ["seamline"]
CMD ["scan"]
