"""Parses the command line and maps errors to exit codes."""

import argparse
import os
import sys

from .. import __version__
from ..corpora import register
from . import (
    audio_commands,
    evaluation_commands,
    file_commands,
    job_commands,
    speech_commands,
    summary_commands,
    training_commands,
    words_commands,
)

EPILOG = """\
exit codes: 0 done, 1 the file or result is not acceptable, 2 usage, 3 something needed is missing

The order of a whole training:
  affect_training prepare        decode a corpus once to 16 kHz WAV
  affect_training features E     features of an experiment, by the device's own front end
  affect_training cross-validate E   choose on validation speakers, fit the temperature
  affect_training train E        train the final network
  affect_training export E       write the model file
  affect_training card E         write the model card

The table of results:
  affect_training run --missing  train and score the jobs without a result
  affect_training results        write Documentation/Results.md
  affect_training evaluate M     measure a shipped model, with plots
"""


READER_LEFT = 141
"""What a shell reports of a program whose reader went away: 128 + SIGPIPE."""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    root = argparse.ArgumentParser(
        prog="affect_training",
        description="Trains the models of affectd.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--version", action="version", version=f"affect_training {__version__}")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    audio_commands.add(commands)
    summary_commands.add(commands)
    words_commands.add(commands)
    training_commands.add(commands)
    job_commands.add(commands)
    evaluation_commands.add(commands)
    speech_commands.add(commands)
    file_commands.add(commands)
    return root


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    try:
        register()
        options = parser().parse_args(arguments)
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader (`head`, a pager) has seen enough; what is still buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_LEFT
    except FileNotFoundError as error:
        code, message = 3, str(error)
    except (ValueError, KeyError, RuntimeError) as error:
        code, message = 1, str(error.args[0] if error.args else error)
    except KeyboardInterrupt:
        code, message = 130, "interrupted"
    print(f"affect_training: {message}", file=sys.stderr)
    return code
