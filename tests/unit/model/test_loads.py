from levelbench.model.config import load_config
from levelbench.model.loads import weights_of


def test_a_closed_load_has_the_profiles_window_unless_it_has_its_own() -> None:
    config = load_config()
    assert config.profile("standard").closed_window_s == 10
    assert config.profile("quick").closed_window_s == config.profile("quick").measure_s


def test_uniform_mix_weighs_all_endpoints_alike() -> None:
    assert set(weights_of(load_config().load, "uniform").values()) == {20}
    assert weights_of(load_config().load, "journey")["list"] == 46


def test_a_profile_runs_the_closed_workload_unless_it_says_otherwise() -> None:
    config = load_config()
    assert config.profile("quick").workloads == {"closed": 5}
    assert config.profile("nightly").workloads["closed"] == 20


def test_without_authentication_nothing_is_asked_that_hashes() -> None:
    weights = weights_of(load_config().load, "no-auth")
    assert weights == {"register": 0, "login": 0, "list": 46, "detail": 46, "task": 4}
