"""Manual pages and completion say what the commands say of themselves."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from commands import BIN, ROOT, run

COMPLETION = ROOT / "completions/affect.bash"
COMPLETE = """
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_affect "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def help_of(*command: str) -> str:
    done = run(*command, "--help")
    return done.stdout.decode()


def subcommands(command: str) -> list[str]:
    listed = help_of(command).partition("SUBCOMMANDS:\n")[2]
    return re.findall(r"^  ([a-z-]+)", listed, re.MULTILINE)


def options(*command: str) -> set[str]:
    """Every --word of the usage; of affectd, whose usage is prose, of its options."""
    text = help_of(*command)
    if command[0] == "affectd":
        text = text.partition("Options:\n")[2].partition("Examples:")[0]
        return set(re.findall(r"^  (--[a-z-]+)", text, re.MULTILINE))
    return set(re.findall(r"--[a-z][a-z-]*", text.partition("USAGE:")[2].partition("\n\n")[0]))


def complete(*words: str, **environment: str) -> set[str]:
    """What a tabulator at the end of the words offers."""
    command = [str(BIN / words[0]), *words[1:]]
    done = subprocess.run(
        ["bash", "-c", COMPLETE, "complete", str(COMPLETION), *command],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", **environment},
        check=True,
    )
    assert not done.stderr, done.stderr
    return set(done.stdout.split())


def configuration_keys() -> list[str]:
    keys = []
    for line in (ROOT / "systemd/affectd.toml").read_text().splitlines():
        if match := re.match(r"\[(\w+)\]$", line):
            section = match[1]
        elif match := re.match(r"#(\w+) = ", line):
            keys.append(f"{section}.{match[1]}")
    return keys


class Completion(unittest.TestCase):
    def test_every_subcommand_is_offered(self):
        for command in ("affectctl", "affect-model"):
            listed = {word for word in subcommands(command)}
            self.assertGreater(len(listed), 4)
            self.assertEqual(complete(command, ""), listed)
            for word in listed:
                self.assertIn(word, complete(command, word[:2]))

    def test_every_option_is_offered(self):
        self.assertGreater(len(options("affectd")), 8)
        self.assertLessEqual(options("affectd"), complete("affectd", "--"))
        for command in ("affectctl", "affect-model"):
            for subcommand in subcommands(command):
                missing = options(command, subcommand) - complete(command, subcommand, "--")
                self.assertFalse(missing, f"{command} {subcommand}")

    def test_values_that_the_help_names_are_offered(self):
        self.assertEqual(complete("affectd", "--format", ""), {"text", "json"})
        tested = 0
        for command in ("affectctl", "affect-model"):
            for subcommand in subcommands(command):
                described = " ".join(help_of(command, subcommand).partition("OPTIONS:")[2].split())
                # The text of one option reaches to the next dash of another.
                for option, values in re.findall(
                    r"(--[a-z-]+) <[^>]*> (?:(?! --).)*?\(values: ([^;)]*)", described
                ):
                    offered = complete(command, subcommand, option, "")
                    self.assertEqual(offered, set(values.split(", ")), f"{command} {option}")
                    tested += 1
        self.assertGreater(tested, 0)

    def test_keys_of_the_configuration_are_offered(self):
        offered = complete(
            "affectd", "--set", "", AFFECT_CONFIG=str(ROOT / "systemd/affectd.toml")
        )
        self.assertEqual(offered, {f"{key}=" for key in configuration_keys()})

    def test_anything_else_is_left_to_bash_which_completes_files(self):
        self.assertEqual(complete("affectd", "--input", ""), set())
        self.assertEqual(complete("affect-model", "inspect", ""), set())


class Manuals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        subprocess.run([ROOT / ".ci/make-manuals", BIN, cls.folder], check=True)

    def text(self, page: str) -> str:
        return (self.folder / page).read_text()

    def test_every_subcommand_and_option_has_its_place(self):
        for command in ("affectctl", "affect-model"):
            page = self.text(f"{command}.1")
            for subcommand in subcommands(command):
                self.assertIn(f".Ss {command} {subcommand}\n", page)
                for option in options(command, subcommand):
                    self.assertIn(f"Fl {option[1:]}", page, f"{command} {subcommand}")
        for option in options("affectd"):
            self.assertIn(f".It Fl {option[1:]}", self.text("affectd.8"))

    def test_values_and_examples_are_as_in_the_help(self):
        page = self.text("affect-model.1")
        described = " ".join(help_of("affect-model", "quantize").split())
        for values in re.findall(r"\(values: ([^;)]*)", described):
            self.assertIn(values, page)
        # A line that goes on in the next one is one line here.
        self.assertNotRegex(page, r"Example: .*\\e")

    def test_every_exit_code_is_explained(self):
        for command in ("affectctl", "affect-model"):
            codes = help_of(command).partition("Exit codes: ")[2].partition("\n\n")[0]
            for code in re.findall(r"\b\d\b", codes):
                self.assertIn(f".It {code}\n", self.text(f"{command}.1"))

    def test_every_key_of_the_configuration_is_explained(self):
        keys = configuration_keys()
        self.assertGreater(len(keys), 15)
        for key in keys:
            self.assertIn(f".It Sy {key} ", self.text("affectd.toml.5"))

    def test_the_pages_are_sound(self):
        if not shutil.which("mandoc"):
            print("absent: mandoc (apt-get install mandoc): manual pages are not checked")
            return
        for page in sorted(self.folder.iterdir()):
            done = subprocess.run(
                ["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True, text=True
            )
            self.assertEqual(done.stdout, "", page.name)


if __name__ == "__main__":
    unittest.main()
