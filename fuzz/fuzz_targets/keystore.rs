#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| seamline_fuzz::targets::keystore::run(input));
