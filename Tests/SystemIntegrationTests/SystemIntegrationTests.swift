import Glibc
import ServiceTestSupport
import SystemIntegration
import Synchronization
import Testing

@Suite struct EventLoopTests {
    @Test func runsTheHandlersOfDescriptorsAndTimersOnTheCallingThread() throws {
        let loop = try EventLoop()
        var pipes: [Int32] = [0, 0]
        try #require(unsafe pipe(&pipes) == 0)
        let reader = FileDescriptor(owning: pipes[0])
        let writer = FileDescriptor(owning: pipes[1])
        var log: [String] = []
        let input = try loop.watch(descriptor: reader.rawValue, for: .readable) { readiness in
            log.append(readiness.contains(.readable) ? "readable" : "other")
            loop.exit(code: 7)
        }
        let timer = try loop.timer(accuracyMicroseconds: 1) {
            log.append("timer")
            try? FileDescriptor.writeAll("x", to: writer.rawValue)
        }
        timer.arm(afterMicroseconds: 1)
        #expect(try loop.run() == 7)
        #expect(log == ["timer", "readable"])
        withExtendedLifetime(input) {}
    }

    @Test func aSourceThatIsLetGoFiresNoMore() throws {
        let loop = try EventLoop()
        var fired = 0
        var timer: EventSource? = try loop.timer(accuracyMicroseconds: 1) { fired += 1 }
        timer?.arm(afterMicroseconds: 0)
        timer = nil
        let last = try loop.timer(accuracyMicroseconds: 1) { loop.exit(code: 0) }
        last.arm(afterMicroseconds: 1)
        #expect(try loop.run() == 0)
        #expect(fired == 0)
    }

    @Test func aHandlerMayLetGoOfItsOwnSource() throws {
        let loop = try EventLoop()
        var holder: [EventSource] = []
        holder.append(
            try loop.timer(accuracyMicroseconds: 1) {
                holder.removeAll()
                loop.exit(code: 3)
            }
        )
        holder[0].arm(afterMicroseconds: 0)
        #expect(try loop.run() == 3)
    }

    @Test func aStepTellsWhetherThereWasAnEvent() throws {
        let loop = try EventLoop()
        let timer = try loop.timer(accuracyMicroseconds: 1) {}
        timer.arm(afterMicroseconds: 0)
        #expect(try loop.runOnce(timeoutMicroseconds: 1_000_000))
        #expect(try !loop.runOnce(timeoutMicroseconds: 1000))
        loop.exit(code: 0)
        #expect(try loop.run() == 0)
        #expect(try !loop.runOnce(timeoutMicroseconds: 1000))
    }

    @Test func reportsSignals() throws {
        let loop = try EventLoop()
        let source = try loop.watch(signal: SIGUSR2) { loop.exit(code: 12) }
        // To this thread alone: the test runner has others, which do not block the signal.
        try #require(pthread_kill(pthread_self(), SIGUSR2) == 0)
        #expect(try loop.run() == 12)
        withExtendedLifetime(source) {}
    }
}

@Suite(.serialized) struct ServiceNotifierTests {
    @Test func tellsTheServiceManagerInItsOwnWords() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/notify"
        let receiver = try DatagramReceiver(at: path)
        try #require(unsafe setenv("NOTIFY_SOCKET", path, 1) == 0)
        try #require(unsafe setenv("WATCHDOG_USEC", "30000000", 1) == 0)
        defer {
            _ = unsafe unsetenv("NOTIFY_SOCKET")
            _ = unsafe unsetenv("WATCHDOG_USEC")
        }
        let notifier = ServiceNotifier()
        #expect(notifier.watchdogMicroseconds == 30_000_000)
        notifier.ready(status: "no microphone\nyet")
        notifier.watchdog()
        notifier.status("listening")
        notifier.stopping()
        #expect(receiver.next() == "READY=1\nSTATUS=no microphone yet")
        #expect(receiver.next() == "WATCHDOG=1")
        #expect(receiver.next() == "STATUS=listening")
        #expect(receiver.next() == "STOPPING=1")
    }

    @Test func saysNothingWhereNobodyListens() {
        let notifier = ServiceNotifier()
        #expect(notifier.watchdogMicroseconds == nil)
        notifier.ready(status: "x")
    }
}

@Suite struct JournalEntryTests {
    @Test func carriesEveryFieldInOrder() {
        let entry = JournalEntry(
            "happy",
            priority: .information,
            messageID: String(repeating: "0", count: 32),
            fields: [("AFFECT_LABEL", "happy")]
        )
        let texts = entry.encodedFields().map { String(decoding: $0, as: UTF8.self) }
        #expect(
            texts == [
                "MESSAGE=happy", "PRIORITY=6", "MESSAGE_ID=\(String(repeating: "0", count: 32))",
                "SYSLOG_IDENTIFIER=affectd", "AFFECT_LABEL=happy",
            ]
        )
    }

    @Test func aReaderThatDoesNotReadLosesLinesAndKeepsNobodyWaiting() throws {
        let pipe = try Pipe()
        let journal = Journal(writesEntries: false, linesTo: pipe.writer.rawValue)
        journal.write(JournalEntry("heard", priority: .notice, messageID: ""))
        var buffer = [UInt8](repeating: 0, count: 100)
        #expect(try pipe.reader.read(into: &buffer) == .bytes(15))
        #expect(String(decoding: buffer[..<15], as: UTF8.self) == "affectd: heard\n")
        var rest = try pipe.fill()
        journal.write(JournalEntry("lost", priority: .notice, messageID: ""))
        var content = [UInt8](repeating: 1, count: 65_536)
        try pipe.reader.setNonBlocking()
        while case .bytes(let count) = try pipe.reader.read(into: &content) {
            #expect(content[..<count].allSatisfy { $0 == 0 })
            rest -= count
        }
        #expect(rest == 0)
    }

    @Test func keepsALineALine() {
        let entry = JournalEntry("a\nb\u{1B}[2Jc", priority: .error, messageID: "")
        #expect(entry.line == "affectd: a b [2Jc\n")
    }
}

@Suite struct FileDescriptorTests {
    @Test func writesEverythingToAPipeThatDoesNotWait() throws {
        let pipe = try Pipe()
        try pipe.writer.setNonBlocking()
        // More than any pipe holds.
        let text = String(repeating: "x", count: 2_000_000)
        let reader = pipe.reader.rawValue
        let thread = BackgroundThread {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            var rest = 2_000_000
            while rest > 0 {
                let count = unsafe read(reader, &buffer, buffer.count)
                if count <= 0 { return }
                rest -= count
            }
        }
        defer { thread.join() }
        do {
            try FileDescriptor.writeAll(text, to: pipe.writer.rawValue)
        } catch {
            // Ends the reader, too.
            endStream(pipe.writer.rawValue)
            throw error
        }
        withExtendedLifetime(pipe.reader.rawValue) {}
    }
}

@Suite struct UnixSocketTests {
    @Test func listensAndConnects() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/socket"
        let listener = try UnixSocket.listen(at: path, permissions: 0o660)
        let client = try UnixSocket.connect(to: path)
        guard let server = try UnixSocket.accept(from: listener) else {
            Issue.record("no connection waits")
            return
        }
        let sent = try client.send([1, 2, 3].span)
        #expect(sent == 3)
        var buffer = [UInt8](repeating: 9, count: 5)
        #expect(try server.read(into: &buffer) == .bytes(3))
        #expect(buffer == [1, 2, 3, 9, 9])
        #expect(try server.read(into: &buffer) == .wouldBlock)
        if try UnixSocket.accept(from: listener) != nil {
            Issue.record("a connection that nobody made")
        }
    }

    @Test func refusesAPathWhereSomebodyAnswers() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/socket"
        let first = try UnixSocket.listen(at: path, permissions: 0o660)
        #expect(throws: SystemIntegrationError.socketInUse(path: path)) {
            _ = try UnixSocket.listen(at: path, permissions: 0o660)
        }
        _ = try UnixSocket.connect(to: path)
        withExtendedLifetime(first.rawValue) {}
    }

    @Test func replacesASocketThatNobodyAnswers() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/socket"
        do { _ = try UnixSocket.listen(at: path, permissions: 0o660) }
        let second = try UnixSocket.listen(at: path, permissions: 0o660)
        _ = try UnixSocket.connect(to: path)
        withExtendedLifetime(second.rawValue) {}
    }

    @Test func neverDeletesAForeignFile() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/socket"
        let file = FileDescriptor(
            owning: try systemCall("open", path) {
                unsafe open(path, O_CREAT | O_WRONLY, 0o600)
            }
        )
        #expect(throws: SystemIntegrationError.notASocket(path: path)) {
            _ = try UnixSocket.listen(at: path, permissions: 0o660)
        }
        #expect(unsafe access(path, F_OK) == 0)
        withExtendedLifetime(file.rawValue) {}
    }

    /// Any user who may read the folder can lock it.
    @Test func doesNotWaitForEverForAFolderThatSomebodyElseLocks() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/socket"
        let own = try UnixSocket.listen(at: path, permissions: 0o600)
        let file = try PlacedFile(at: path)
        let folder = try FileDescriptor.open(forReading: directory.path)
        try systemCall("flock") { flock(folder.rawValue, LOCK_EX) }
        #expect(
            throws: SystemIntegrationError.call(
                name: "flock",
                subject: directory.path,
                errorNumber: EWOULDBLOCK
            )
        ) {
            _ = try UnixSocket.listen(at: path, permissions: 0o600, patienceMicroseconds: 20_000)
        }
        file.remove()
        #expect(unsafe access(path, F_OK) == 0)
        try systemCall("flock") { flock(folder.rawValue, LOCK_UN) }
        file.remove()
        #expect(unsafe access(path, F_OK) != 0)
        withExtendedLifetime(own.rawValue) {}
        withExtendedLifetime(folder.rawValue) {}
    }

    @Test func doesNotWaitForAListenerThatTakesNobody() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/socket"
        let listener = try UnixSocket.listen(at: path, permissions: 0o660)
        // The kernel keeps one more than it was asked for.
        try systemCall("listen") { listen(listener.rawValue, 0) }
        let waiting = try UnixSocket.connect(to: path)
        #expect(
            throws: SystemIntegrationError.call(
                name: "connect",
                subject: path,
                errorNumber: EAGAIN
            )
        ) { _ = try UnixSocket.connect(to: path) }
        #expect(throws: SystemIntegrationError.socketInUse(path: path)) {
            _ = try UnixSocket.listen(at: path, permissions: 0o660)
        }
        withExtendedLifetime(waiting.rawValue) {}
        withExtendedLifetime(listener.rawValue) {}
    }

    @Test func refusesAPathThatDoesNotFit() throws {
        let path = "/tmp/" + String(repeating: "x", count: 120)
        #expect(throws: SystemIntegrationError.socketPathTooLong(path: path, limit: 107)) {
            _ = try UnixSocket.connect(to: path)
        }
    }
}

@Suite struct DirectoryWatcherTests {
    @Test func seesWhatAppearsEvenInADirectoryThatAppearsLater() throws {
        let directory = try TemporaryDirectory()
        let inner = "\(directory.path)/snd"
        let loop = try EventLoop()
        var changes = 0
        let watcher = try DirectoryWatcher([directory.path, inner], on: loop) { changes += 1 }
        try #require(unsafe mkdir(inner, 0o700) == 0)
        try loop.runOnce(timeoutMicroseconds: 5_000_000)
        #expect(changes == 1)
        try #require(unsafe mkdir("\(inner)/card", 0o700) == 0)
        try loop.runOnce(timeoutMicroseconds: 5_000_000)
        #expect(changes == 2)
        try #require(unsafe rmdir("\(inner)/card") == 0)
        try #require(unsafe rmdir(inner) == 0)
        withExtendedLifetime(watcher) {}
    }
}

@Suite struct CaptureHolderTests {
    @Test func readsWhoHasACardOpen() throws {
        let directory = try TemporaryDirectory()
        let proc = directory.path
        let folders = [
            "asound", "asound/card1", "asound/card1/pcm0c", "asound/card1/pcm0c/sub0",
            "asound/card1/pcm0p", "asound/card1/pcm0p/sub0", "asound/cards", "77",
        ]
        for folder in folders { try Directory.make("\(proc)/\(folder)") }
        let files = [
            ("asound/card1/id", "Mic\n"),
            ("asound/card1/pcm0c/sub0/status", "state: RUNNING\nowner_pid   : 77\n"),
            ("asound/card1/pcm0p/sub0/status", "owner_pid   : 78\n"), ("77/comm", "arecord\n"),
        ]
        for (name, text) in files { try directory.write(Array(text.utf8), to: name) }
        #expect(
            CaptureHolder.all(proc: proc).map(\.description)
                == ["card Mic by process 77 (arecord)"]
        )
        #expect(CaptureHolder.all(proc: "/nonexistent") == [])
        for (name, _) in files { Directory.removeFile("\(proc)/\(name)") }
        for folder in folders.reversed() { _ = unsafe rmdir("\(proc)/\(folder)") }
    }
}

@Suite struct SocketRaceTests {
    /// Both find a socket that nobody answers; without a lock the second would remove the first's.
    @Test func ofTwoThatStartTogetherOneListens() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/socket"
        for round in 0..<200 {
            // A stale socket: its listener is gone.
            _ = try UnixSocket.listen(at: path, permissions: 0o600)
            let winners = Winners()
            let threads = (0..<2).map { _ in
                BackgroundThread { winners.compete(path) }
            }
            for thread in threads { thread.join() }
            #expect(winners.count == 1, "round \(round)")
            _ = try UnixSocket.connect(to: path)
            winners.leave()
            Directory.removeFile(path)
        }
    }
}

@Suite struct SuccessorTests {
    /// The one that ends removes its socket; the one that starts meanwhile has made another by then, or not.
    @Test func theSocketOfASuccessorStays() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/socket"
        for round in 0..<200 {
            let socket = try UnixSocket.listen(at: path, permissions: 0o600)
            let file = try PlacedFile(at: path)
            let predecessor = dup(socket.rawValue)
            let winners = Winners()
            do { _ = consume socket }
            let threads = [
                BackgroundThread {
                    _ = close(predecessor)
                    file.remove()
                },
                BackgroundThread {
                    while winners.count == 0 { winners.compete(path) }
                },
            ]
            for thread in threads { thread.join() }
            #expect(throws: Never.self, "round \(round)") { _ = try UnixSocket.connect(to: path) }
            winners.leave()
            Directory.removeFile(path)
        }
    }
}

/// Those that listen; each thread has an entry of its own.
private final class Winners: Sendable {
    private let lock = Mutex<[Int32]>([])

    var count: Int { lock.withLock { $0.count } }

    func compete(_ path: String) {
        guard let listener = try? UnixSocket.listen(at: path, permissions: 0o600) else { return }
        // Kept open beyond this scope.
        let kept = dup(listener.rawValue)
        lock.withLock { $0.append(kept) }
    }

    func leave() {
        lock.withLock { listeners in
            for listener in listeners { _ = close(listener) }
            listeners = []
        }
    }
}
