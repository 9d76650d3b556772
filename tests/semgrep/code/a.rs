fn main() {
  let c = Client::builder().danger_accept_invalid_certs(true).build();
  b.danger_accept_invalid_certs(false);
}
