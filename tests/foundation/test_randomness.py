"""Tokens cannot be guessed, unless a rehearsal asks for a stream it can play again."""

from praxis.foundation import randomness


def test_tokens_differ_and_have_their_length() -> None:
    tokens = {randomness.token(16) for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {32}
    assert len(randomness.uuid_hex()) == 32
    assert not randomness.is_seeded()


def test_a_seed_gives_the_same_stream_and_blocks_nest() -> None:
    with randomness.seeded(1):
        first = [randomness.token(8), randomness.uuid_hex()]
    with randomness.seeded(1):
        again = [randomness.token(8)]
        with randomness.seeded(2):
            assert randomness.token(8) != first[0]
        again.append(randomness.uuid_hex())
        assert randomness.is_seeded()
    assert first == again
    assert randomness.token(8) != first[0]
