import Glibc
import ServiceTestSupport
import SystemIntegration
import Testing

/// Programs of the system that fail, hang or take too much, as a model's check may.
@Suite struct ChildProcessTests {
    /// Runs a shell script as a confined child; how it ended and what it wrote.
    private func run(
        _ script: String,
        _ confinement: Confinement = Confinement(),
        milliseconds: UInt64 = 60_000
    ) throws -> (ending: ChildProcess.Ending, output: String) {
        let loop = try EventLoop()
        var result: (ending: ChildProcess.Ending, output: String)?
        let child = try ChildProcess(
            "/bin/sh",
            arguments: ["-c", script],
            confinement: confinement,
            timeMicroseconds: milliseconds * 1000,
            on: loop
        ) { ending, output in
            result = (ending, output)
            loop.exit(code: 0)
        }
        _ = try loop.run()
        withExtendedLifetime(child) {}
        return try #require(result)
    }

    @Test func tellsHowAProgramEndedAndWhatItSaid() throws {
        let done = try run("echo out; echo error >&2; exit 3")
        #expect(done.ending == .exited(code: 3))
        #expect(done.output == "out\nerror\n")
        #expect(try run("kill -SEGV $$").ending == .killed(signal: SIGSEGV))
        let long = try run("i=0; while [ $i -lt 3000 ]; do echo abcdefgh; i=$((i+1)); done")
        #expect(long.ending == .exited(code: 0))
        #expect(long.output.utf8.count == 4096)
    }

    /// Whoever reads what it writes does not wait for it to be done with that.
    @Test func aProgramThatNeverStopsWritingIsEndedLikeAnyOther() throws {
        let found = try run("for i in 1 2 3 4; do yes & done; yes", milliseconds: 300)
        #expect(found.ending == .timedOut)
        #expect(found.output.utf8.count == 4096)
    }

    /// 256 KiB come through a pipe of 64 KiB, so at least 192 are read, in pieces of 4: others have 48 turns of
    /// the loop meanwhile.
    @Test func aProgramThatWritesMuchKeepsNobodyWaiting() throws {
        let loop = try EventLoop()
        var found: ChildProcess.Ending?
        let child = try ChildProcess(
            "/bin/sh",
            arguments: ["-c", "exec head -c 262144 /dev/zero"],
            confinement: Confinement(),
            timeMicroseconds: 60_000_000,
            on: loop
        ) { ending, _ in found = ending }
        var turns = 0
        while found == nil {
            try #require(try loop.runOnce(timeoutMicroseconds: 60_000_000))
            turns += 1
        }
        #expect(found == .exited(code: 0))
        #expect(turns >= 48)
        withExtendedLifetime(child) {}
    }

    @Test func aProgramThatHangsIsEnded() throws {
        #expect(try run("sleep 3600", milliseconds: 50).ending == .timedOut)
    }

    @Test func aProgramThatCountsForEverIsEnded() throws {
        let limits = Confinement(processorSeconds: 1)
        #expect(try run("while :; do :; done", limits).ending == .killed(signal: SIGXCPU))
        let deaf = try run("trap '' XCPU; while :; do :; done", limits)
        #expect(deaf.ending == .killed(signal: SIGKILL))
    }

    @Test func aProgramGetsNoMoreMemoryThanItsLimit() throws {
        let limits = Confinement(addressSpaceBytes: 64 << 20)
        let found = try run("x=12345678; while :; do x=$x$x; done", limits)
        #expect(found.ending != .exited(code: 0) && found.ending != .timedOut)
    }

    @Test func aProgramWritesNoLargeFile() throws {
        let directory = try TemporaryDirectory()
        let script = "exec head -c 100000 /dev/zero > \(directory.path)/file"
        #expect(try run(script).ending == .killed(signal: SIGXFSZ))
        let written = try FileStatus(of: "\(directory.path)/file")
        #expect(written.size == 65_536)
        #expect(try run("ulimit -c").output == "0\n")
    }

    @Test func aProgramInheritsNothing() throws {
        // A descriptor of which nobody said that programs must not have it.
        let descriptor = FileDescriptor(owning: dup(STDERR_FILENO))
        let found = try run(
            "echo $HOME; ls /proc/self/fd; read line || echo end;"
                + " grep -h NoNewPrivs /proc/self/status; grep -h SigBlk /proc/self/status"
        )
        let lines = found.output.split(separator: "\n", omittingEmptySubsequences: false)
        // The last descriptor is the folder that is being read.
        #expect(lines.prefix(6) == ["", "0", "1", "2", "3", "end"])
        #expect(descriptor.rawValue > STDERR_FILENO)
        #expect(found.output.contains("NoNewPrivs:\t1"))
        #expect(found.output.contains("SigBlk:\t0000000000000000"))
    }

    @Test func aProgramThatIsAbsentSaysSo() throws {
        let loop = try EventLoop()
        var found: ChildProcess.Ending?
        let child = try ChildProcess(
            "/nonexistent",
            arguments: [],
            confinement: Confinement(),
            timeMicroseconds: 60_000_000,
            on: loop
        ) { ending, _ in
            found = ending
            loop.exit(code: 0)
        }
        _ = try loop.run()
        #expect(found == .exited(code: 127))
        withExtendedLifetime(child) {}
    }

    @Test func aProgramEndsWithWhoStartedIt() throws {
        let loop = try EventLoop()
        var child: ChildProcess? = try ChildProcess(
            "/bin/sleep",
            arguments: ["3600"],
            confinement: Confinement(),
            timeMicroseconds: 3_600_000_000,
            on: loop
        ) { _, _ in Issue.record("nobody waits for it any more") }
        let process = try #require(child).processID
        #expect(kill(process, 0) == 0)
        child = nil
        // Ended and reaped.
        #expect(kill(process, 0) == -1 && errno == ESRCH)
    }
}
