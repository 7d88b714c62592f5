use proptest::prelude::*;

use super::*;

#[test]
fn a_recording_has_a_line_and_then_the_kernels_bytes() {
    let reply = Reply::from_recording(b"errno=0 cookie=2\n\0\x01\n\n").unwrap();
    assert_eq!(reply, Reply { errno: 0, cookie: 2, packed: b"\0\x01\n\n".to_vec() });
    let empty = Reply::from_recording(b"errno=13 cookie=0\n").unwrap();
    assert_eq!(empty, Reply { errno: 13, ..Reply::default() });
    for bad in ["", "errno=0", "errno=x cookie=1\n", "cookie=0 errno=0\n"] {
        assert!(matches!(Reply::from_recording(bad.as_bytes()), Err(BadForm::Head(_))), "{bad}");
    }
}

#[test]
fn an_answer_that_is_cut_is_refused() {
    assert_eq!(Answer::unpacked(vec![]), Err(BadForm::Short(0)));
    assert_eq!(Answer::unpacked(vec![1, 2, 0]), Err(BadForm::Short(3)));
    assert_eq!(Answer::unpacked(vec![1]), Err(BadForm::Short(1)));
    assert_eq!(Answer::unpacked(vec![9]), Err(BadForm::Kind(9)));
}

proptest! {
    #[test]
    fn an_answer_comes_out_of_the_pipe_as_it_went_in(
        errno: i32, cookie: u64, packed in prop::collection::vec(any::<u8>(), 0..200), kind: u8, why in ".{0,40}",
    ) {
        for answer in [Answer::Kernel(Reply { errno, cookie, packed: packed.clone() }), Answer::Unasked { kind, why }] {
            prop_assert_eq!(Answer::unpacked(answer.clone().packed()), Ok(answer));
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = (Reply::from_recording(&bytes), Answer::unpacked(bytes));
    }
}
