resource "aws_s3_bucket" "a" {
  bucket = "x"
  acl = "public-read"
}
resource "aws_s3_bucket" "b" {
  acl = "private"
}
resource "aws_s3_bucket" "c" {
  acl = "public-read"
}
