import Glibc
import SystemIntegration
import Testing

@Suite struct BackgroundWorkTests {
    /// What the work is done on.
    private final class Counter {
        var count = 0
    }

    @Test func theLoopTurnsWhileTheWorkWaits() throws {
        let loop = try EventLoop()
        let counter = Counter()
        var ends: [Int32] = [0, 0]
        #expect(unsafe pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let (reader, writer) = (ends[0], ends[1])
        var result: Int?
        let work = try BackgroundWork(on: counter, beside: loop) { counter in
            var byte: UInt8 = 0
            // Sound: the kernel writes at most one byte.
            let count = unsafe read(reader, &byte, 1)
            counter.count += count
            return counter.count
        } completion: {
            result = $0
            loop.exit(code: 0)
        }
        // Only the loop lets the work go on.
        let timer = try loop.timer { try? FileDescriptor.writeAll("x", to: writer) }
        timer.arm(afterMicroseconds: 1000)
        _ = try loop.run()
        #expect(result == 1 && counter.count == 1)
        withExtendedLifetime((work, timer)) {}
    }

    @Test func whoCannotWaitForTheLoopWaitsForTheWork() throws {
        let loop = try EventLoop()
        var results: [Int] = []
        let work = try BackgroundWork(on: Counter(), beside: loop) { counter in
            counter.count += 1
            return counter.count
        } completion: {
            results.append($0)
        }
        work.wait()
        work.wait()
        #expect(results == [1])
        _ = try loop.runOnce(timeoutMicroseconds: 0)
        #expect(results == [1])
    }

    /// Signals are the loop's.
    @Test func theThreadTakesNoSignal() throws {
        let loop = try EventLoop()
        var isBlocked: Bool?
        let work = try BackgroundWork(on: Counter(), beside: loop) { _ in
            var set = sigset_t()
            // Sound: both calls work on the local set alone.
            _ = unsafe pthread_sigmask(SIG_BLOCK, nil, &set)
            return unsafe sigismember(&set, SIGTERM) == 1
        } completion: {
            isBlocked = $0
        }
        work.wait()
        #expect(isBlocked == true)
    }

    /// Whoever lets go of the work waits for it, and hears nothing.
    @Test func nothingIsLeftBehind() throws {
        let loop = try EventLoop()
        let counter = Counter()
        var work: BackgroundWork? = try BackgroundWork(on: counter, beside: loop) { counter in
            usleep(1000)
            counter.count += 1
            return counter.count
        } completion: { _ in
            Issue.record("nobody waits for it any more")
        }
        #expect(work != nil)
        work = nil
        #expect(counter.count == 1)
    }
}
