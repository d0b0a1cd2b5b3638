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
