use proptest::prelude::*;
use rcgen::{CertificateParams, KeyPair};

use super::*;

fn made(names: &[&str]) -> (rcgen::Certificate, KeyPair) {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
    params.not_before = rcgen::date_time_ymd(2024, 1, 1);
    params.not_after = rcgen::date_time_ymd(2034, 1, 1);
    let key = KeyPair::generate().unwrap();
    (params.self_signed(&key).unwrap(), key)
}

#[test]
fn a_certificate_tells_its_time_names_and_identity() {
    let (made, _) = made(&["host1", "127.0.0.1", "host1.local"]);
    let (der, read) = first(made.pem().as_bytes()).unwrap();
    assert_eq!(&der, made.der());
    assert_eq!((read.not_before, read.not_after), (1_704_067_200, 2_019_686_400));
    assert_eq!(read.names, ["host1", "host1.local"]);
    assert_eq!((read.fingerprint.len(), read.fingerprint.as_str()), (64, hex(&Sha256::digest(made.der())).as_str()));
}

#[test]
fn a_key_before_the_certificate_is_passed_over_and_never_shown() {
    let (made, key) = made(&["host1"]);
    let pem = format!("{}{}", key.serialize_pem(), made.pem());
    assert_eq!(first(pem.as_bytes()).unwrap().1.names, ["host1"]);
    assert_eq!(first(key.serialize_pem().as_bytes()), Err(Malformed::NoPem));
}

#[test]
fn what_is_no_certificate_is_told() {
    assert_eq!(first(b""), Err(Malformed::NoPem));
    let hollow = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(first(hollow), Err(Malformed::NotX509(_))));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = (first(&bytes).is_ok(), read(&bytes).is_ok());
    }

    #[test]
    fn a_flipped_bit_or_a_cut_never_makes_it_panic(at in any::<prop::sample::Index>(), bit in 0..8, cut in any::<bool>()) {
        let mut der = made(&["host1"]).0.der().to_vec();
        let at = at.index(der.len());
        if cut { der.truncate(at) } else { der[at] ^= 1_u8 << bit }
        let _ = read(&der).is_ok();
    }
}
