from levelbench.verify.parity.settings import CHECKED, CONFIGURATION, DEFAULTS, configuration


def test_reads_the_labs_own_file() -> None:
    found = configuration(CONFIGURATION.read_text(encoding="utf-8"))
    assert found["autovacuum"] == "off"  # a comment follows it
    assert found["timezone"] == "UTC"  # in quotes
    assert found["shared_buffers"] == "256MB"
    assert set(CHECKED) <= set(found) | set(DEFAULTS)
