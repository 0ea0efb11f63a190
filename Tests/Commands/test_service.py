"""affectd as a service and affectctl, as built: a fake microphone, the socket, signals."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from commands import BIN, MODEL, ROOT, SAMPLES, events, run, samples_of

FAKEMIC = ROOT / "Tests/Service/fakemic/fakemic.c"


class Service(unittest.TestCase):
    """One daemon for each test, on a socket in a folder of its own."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        plugin = cls.folder / "libasound_module_pcm_fakemic.so"
        compiler = shutil.which("cc") or shutil.which("clang")
        subprocess.run(
            [compiler, "-shared", "-fPIC", "-DPIC", "-O1", "-o", plugin, FAKEMIC, "-lasound"],
            check=True,
        )
        pause = bytes(2 * 16000)
        with open(cls.folder / "speech.raw", "wb") as out:
            for path in SAMPLES[:2]:
                samples = samples_of(path)
                out.write(pause)
                out.write(b"".join(s.to_bytes(2, "little", signed=True) for s in samples))
            out.write(pause)
        (cls.folder / "asound.conf").write_text(
            "</usr/share/alsa/alsa.conf>\n"
            f'pcm_type.fakemic {{ lib "{plugin}" }}\n'
            f'pcm.fakemic {{ type fakemic file "{cls.folder}/speech.raw" loop 1\n'
            f'  control "{cls.folder}/control" }}\n'
        )

    def setUp(self):
        self.path = self.folder / f"{self.id().rsplit('.')[-1]}.socket"
        self.microphone("run")

    def microphone(self, word: str) -> None:
        (self.folder / "control.new").write_text(word)
        (self.folder / "control.new").rename(self.folder / "control")

    @contextlib.contextmanager
    def daemon(self, *options: str, device: str = "fakemic"):
        """Runs affectd until the block ends; then SIGTERM must end it with 0."""
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        address = str(self.path) + ".notify"
        notify.bind(address)
        notify.settimeout(20)
        command = [BIN / "affectd", "--model", MODEL, "--socket", self.path, "--device", device]
        process = subprocess.Popen(
            [*command, *options],
            env={
                **os.environ,
                "ALSA_CONFIG_PATH": str(self.folder / "asound.conf"),
                "NOTIFY_SOCKET": address,
            },
            stderr=subprocess.PIPE,
        )
        try:
            while not notify.recv(4096).startswith(b"READY=1"):
                pass
            yield process
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(10), 0, process.stderr.read())
            self.assertFalse(self.path.exists(), "the socket is left behind")
        finally:
            process.kill()
            process.wait()
            process.stderr.close()
            notify.close()

    def control(self, *arguments: str, **options):
        return run("affectctl", *arguments, "--socket", self.path, **options)

    def status(self) -> dict:
        done = self.control("status", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["state"]

    def within(self, seconds: float, condition) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"not within {seconds} s")
            time.sleep(0.1)

    def test_speech_becomes_an_utterance(self):
        with self.daemon():
            watcher = subprocess.Popen(
                [BIN / "affectctl", "watch", "--json", "--socket", self.path],
                stdout=subprocess.PIPE,
            )
            lines = []
            for line in watcher.stdout:
                lines.append(json.loads(line))
                if lines[-1]["event"] == "utterance":
                    break
            watcher.kill()
            watcher.wait()
            watcher.stdout.close()
            self.assertEqual(lines[0]["event"], "state")
            self.assertEqual(lines[1]["event"], "speech-started")
            self.assertEqual(sum(lines[-1]["probabilities"].values()), 1000)
            numbers = [line["sequence"] for line in lines]
            self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
            self.assertTrue(all(line["state"]["capture"] == "running" for line in lines))

    def test_status_watch_and_models_speak_to_people(self):
        with self.daemon():
            self.assertIn("capture     running", self.control().stdout.decode())
            models = self.control("models").stdout.decode()
            self.assertIn("task      emotion", models)
            self.assertIn(str(MODEL), models)

    def test_a_microphone_that_is_not_there_is_a_state(self):
        self.microphone("nodev")
        with self.daemon():
            self.assertEqual(self.status()["capture"], "no-device")
            self.assertEqual(self.status()["summary"], "no-device")
            self.microphone("run")
            self.within(20, lambda: self.status()["capture"] == "running")
            self.microphone("nodev")
            self.within(20, lambda: self.status()["capture"] == "no-device")

    def test_a_busy_microphone_is_a_state(self):
        self.microphone("busy")
        with self.daemon():
            self.assertEqual(self.status()["capture"], "busy")

    def test_a_socket_in_use_is_left_alone(self):
        with self.daemon():
            second = run("affectd", "--model", MODEL, "--socket", self.path)
            self.assertEqual(second.returncode, 5)
            self.assertIn(b"another process answers there", second.stderr)
            self.assertEqual(self.status()["capture"], "running")

    def test_a_stale_socket_is_replaced_and_a_foreign_file_is_not(self):
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(self.path))
        with self.daemon():
            self.status()
        self.path.write_text("mine")
        done = run("affectd", "--model", MODEL, "--socket", self.path)
        self.assertEqual(done.returncode, 5)
        self.assertEqual(self.path.read_text(), "mine")

    def test_of_two_daemons_that_start_together_one_serves_and_the_other_says_so(self):
        for _ in range(5):
            # Both find what a daemon that was killed left behind.
            with socket.socket(socket.AF_UNIX) as stale:
                stale.bind(str(self.path))
            both = [
                subprocess.Popen(
                    [BIN / "affectd", "--model", MODEL, "--socket", self.path, "--device", "none"],
                    stderr=subprocess.PIPE,
                )
                for _ in range(2)
            ]
            try:
                self.within(20, lambda: any(one.poll() is not None for one in both))
                self.within(20, lambda: self.control("status").returncode == 0)
                loser, winner = sorted(both, key=lambda one: one.poll() is None)
                self.assertEqual(loser.returncode, 5)
                self.assertIn(b"another process answers there", loser.stderr.read())
                self.assertIsNone(winner.poll())
                winner.send_signal(signal.SIGTERM)
                self.assertEqual(winner.wait(10), 0)
                self.assertFalse(self.path.exists())
            finally:
                for one in both:
                    one.kill()
                    one.wait()
                    one.stderr.close()

    def test_requests_by_hand(self):
        with self.daemon(), socket.socket(socket.AF_UNIX) as client:
            client.connect(str(self.path))
            client.sendall(b'{\n"method": "org.affectd.GetInfo"\n}\n')
            answer = client.recv(65536)
            self.assertTrue(answer.endswith(b"}\n"))
            self.assertIn("version", json.loads(answer)["parameters"])
            client.sendall(b"nonsense\n")
            answer = client.recv(65536)
            self.assertEqual(json.loads(answer)["error"], "org.affectd.MalformedRequest")
            self.assertEqual(client.recv(1), b"")

    def test_forty_silent_clients_keep_nobody_waiting(self):
        with self.daemon(), contextlib.ExitStack() as stack:
            for _ in range(40):
                client = stack.enter_context(socket.socket(socket.AF_UNIX))
                client.connect(str(self.path))
                client.sendall(b'{"method":"org.affectd.Subscribe","more":true}\0')
            start = time.monotonic()
            self.status()
            self.assertLess(time.monotonic() - start, 5)

    def test_sighup_reads_the_configuration_anew_and_a_wrong_one_changes_nothing(self):
        file = self.folder / "reload.toml"
        file.write_text("[socket]\nclients = 7\n")
        with self.daemon("--config", str(file)) as process:
            def setting(key: str) -> str:
                with socket.socket(socket.AF_UNIX) as client:
                    client.connect(str(self.path))
                    client.sendall(b'{"method":"org.affectd.GetConfiguration"}\n')
                    answer = json.loads(client.makefile().readline())["parameters"]
                return {s["key"]: s.get("value") for s in answer["settings"]}[key]

            def becomes(key: str, value: str) -> bool:
                end = time.monotonic() + 10
                while setting(key) != value and time.monotonic() < end:
                    time.sleep(0.05)
                return setting(key) == value

            self.assertEqual(setting("socket.clients"), "7")
            file.write_text("[socket]\nclients = 8\n")
            process.send_signal(signal.SIGHUP)
            self.assertTrue(becomes("socket.clients", "8"))
            file.write_text("[socket]\nclient = 9\n")
            process.send_signal(signal.SIGHUP)
            end = time.monotonic() + 10
            while not self.status()["degraded"] and time.monotonic() < end:
                time.sleep(0.05)
            self.assertIn("did you mean socket.clients?", self.status()["degraded"][0])
            self.assertEqual(setting("socket.clients"), "8")

    def test_a_wrong_configuration_is_named_and_ends_with_2(self):
        file = self.folder / "wrong.toml"
        file.write_text("[journal]\nmode = \"al\"\n")
        for command in (
            ["affectd", "--config", str(file), "--check-config"],
            ["affectctl", "check-config", str(file)],
        ):
            done = run(*command)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"wrong.toml:2:8: journal.mode", done.stderr)
            self.assertIn(b'did you mean "all"?', done.stderr)
        file.write_text("[journal]\nmode = \"all\"\n")
        done = run("affectctl", "check-config", str(file))
        self.assertEqual(done.returncode, 0)
        self.assertIn(b'mode = "all"', done.stdout)
        done = run("affectctl", "check-config", "--json", str(file))
        settings = {s["key"]: s for s in json.loads(done.stdout)["settings"]}
        self.assertEqual(settings["journal.mode"]["value"], '"all"')
        self.assertEqual(settings["journal.mode"]["source"], f"{file}:2")

    def test_sound_in_memory_gets_into_no_core_dump_without_a_unit_either(self):
        with self.daemon() as process:
            # ELF headers alone: no heap, no stack, no files.
            filter_of = pathlib.Path(f"/proc/{process.pid}/coredump_filter")
            self.assertEqual(filter_of.read_text(), "00000010\n")

    def test_scripts_read_one_word_and_mute(self):
        state = self.folder / "state"
        state.mkdir()
        with self.daemon("--set", f"control.state_folder={state}"):
            end = time.monotonic() + 30
            while self.control("get").returncode == 6 and time.monotonic() < end:
                time.sleep(0.1)
            done = self.control("get", "--label")
            self.assertEqual(done.returncode, 0)
            self.assertRegex(done.stdout, rb"^[a-z]+\n$")
            self.assertEqual(self.control("mute").stdout, b"muted\n")
            self.assertEqual(self.control("get").returncode, 7)
            self.assertTrue((state / "mute.json").exists())
        # The file outlives the daemon, and the next one starts muted.
        self.path = self.folder / "again.socket"
        with self.daemon("--set", f"control.state_folder={state}"):
            self.assertTrue(self.status()["muted"])
            self.assertEqual(self.control("unmute").returncode, 0)
            self.assertFalse((state / "mute.json").exists())

    def test_affectctl_without_a_daemon_says_what_to_type(self):
        done = self.control("status")
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"systemctl start affectd", done.stderr)

    def test_affectctl_help_and_wrong_usage(self):
        self.assertIn(b"watch", run("affectctl", "--help").stdout)
        self.assertEqual(run("affectctl", "--frobnicate").returncode, 2)


if __name__ == "__main__":
    unittest.main()
