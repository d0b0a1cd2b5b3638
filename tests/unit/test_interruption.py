import os
import signal

import pytest

from levelbench import interruption


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_asking_to_end_is_a_keyboard_interrupt(number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt), interruption.terminable():
        os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nothing_interrupts_what_puts_things_in_order(number: signal.Signals) -> None:
    done = False
    with interruption.ignored():
        os.kill(os.getpid(), number)
        done = True
    assert done


def test_handlers_are_as_before_afterwards() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with interruption.terminable(), interruption.ignored():
        pass
    assert signal.getsignal(signal.SIGTERM) is before


def test_deferred_signals_arrive_when_the_context_ends() -> None:
    done = []

    def interrupted() -> None:
        with interruption.deferred():
            os.kill(os.getpid(), signal.SIGINT)
            done.append(True)

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert done == [True]


def test_deferred_signals_that_are_ignored_stay_so() -> None:
    with interruption.ignored(), interruption.deferred():
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
        os.kill(os.getpid(), signal.SIGTERM)
