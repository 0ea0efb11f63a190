import AudioCapture
import Glibc
import ServiceTestSupport
import SystemIntegration
import Testing

/// Runs a microphone and keeps what it says.
private final class Listener: MicrophoneDelegate {
    let loop: EventLoop
    let microphone: Microphone
    var states: [String] = []
    var samples: [Int16] = []
    var deliveries = 0
    var overruns = 0

    init(
        _ name: String?,
        stallMicroseconds: UInt64 = 5_000_000,
        zerosMicroseconds: UInt64 = 0,
        deviceFolders: [String] = ["/dev", "/dev/snd"]
    ) throws {
        loop = try EventLoop()
        var options = MicrophoneOptions(name: name)
        options.stallMicroseconds = stallMicroseconds
        options.zerosMicroseconds = zerosMicroseconds
        microphone = try Microphone(
            options,
            on: loop,
            deviceFolders: deviceFolders
        )
        microphone.delegate = self
    }

    func microphoneChanged(to state: MicrophoneState) {
        switch state {
        case .starting: states.append("starting")
        case .running(let parameters): states.append("running \(parameters.format.sampleRate)")
        case .noDevice: states.append("no-device")
        case .busy: states.append("busy")
        case .stalled: states.append("stalled")
        case .closed: states.append("closed")
        }
    }

    func microphoneCaptured(_ samples: Span<Int16>) {
        deliveries += 1
        for index in 0..<samples.count { self.samples.append(samples[index]) }
    }

    func microphoneOverran() { overruns += 1 }

    /// Runs the loop until the condition holds; a broken microphone fails after ten seconds.
    func run(until condition: () -> Bool) throws {
        let deadline = Clock.monotonicMicroseconds + 10_000_000
        while !condition() {
            try #require(
                Clock.monotonicMicroseconds < deadline,
                "did not happen within ten seconds; states: \(states)"
            )
            try loop.runOnce(timeoutMicroseconds: 100_000)
        }
    }
}

@Suite(.serialized) struct MicrophoneTests {
    private let fakes: FakeMicrophones

    init() throws {
        fakes = try unsafe #require(FakeMicrophones.shared)
    }

    @Test(arguments: [
        ("s16", SampleEncoding.signed16, 16_000, 1), ("s32", .signed32, 48_000, 2),
        ("s24", .signed24, 44_100, 2), ("s24in32", .signed24In32, 96_000, 1),
        ("float", .float32, 32_000, 8), ("lowest", .signed16, 8000, 1),
        ("highest", .signed32, 192_000, 2),
    ])
    func deliversEverySampleAtTheNativeRateAndFormat(
        name: String,
        encoding: SampleEncoding,
        rate: Int,
        channels: Int
    ) throws {
        let listener = try Listener(name)
        listener.microphone.start()
        let format = StreamFormat(sampleRate: rate, channelCount: channels)
        guard case .running(let parameters) = listener.microphone.state else {
            Issue.record("\(listener.microphone.state)")
            return
        }
        #expect(parameters.format == format)
        #expect(parameters.encoding == encoding)
        #expect(parameters.bufferMilliseconds >= 1000)
        let wanted = rate * channels / 4
        try listener.run(until: { listener.samples.count >= wanted })
        var expected = [Int16](repeating: 0, count: wanted)
        var span = expected.mutableSpan
        let played = Array(FakeMicrophones.bytes[..<(wanted * encoding.byteCount)])
        encoding.decode(played.span, into: &span)
        #expect(Array(listener.samples[..<wanted]) == expected)
    }

    @Test func wakesUpLessOftenInSilence() throws {
        let listener = try Listener("s16")
        listener.microphone.start()
        try listener.run(until: { listener.samples.count >= 12_800 })
        // 0.8 s in pieces of 200 ms; one more when the machine was late.
        #expect((3...5).contains(listener.deliveries))
        listener.microphone.wake(every: .speech)
        listener.deliveries = 0
        let start = listener.samples.count
        try listener.run(until: { listener.samples.count >= start + 6400 })
        // 0.4 s in pieces of 50 ms, fewer when the machine was late.
        #expect(listener.deliveries >= 5)
    }

    @Test func goesOnAfterAnOverrunAndCountsIt() throws {
        let listener = try Listener("faulty")
        try fakes.control("faulty", "run")
        listener.microphone.start()
        try listener.run(until: { !listener.samples.isEmpty })
        try fakes.control("faulty", "xrun")
        try listener.run(until: { listener.overruns > 0 })
        let count = listener.samples.count
        try listener.run(until: { listener.samples.count > count })
        #expect(listener.microphone.overrunCount == 1)
        #expect(listener.states == ["running 16000"])
    }

    @Test func comesBackWhenTheDeviceComesBack() throws {
        let listener = try Listener("faulty")
        try fakes.control("faulty", "run")
        listener.microphone.start()
        try listener.run(until: { !listener.samples.isEmpty })
        try fakes.control("faulty", "nodev")
        try listener.run(until: { listener.states.last == "no-device" })
        try fakes.control("faulty", "run")
        try listener.run(until: { listener.states.last == "running 16000" })
        let count = listener.samples.count
        try listener.run(until: { listener.samples.count > count })
    }

    @Test func waitsForADeviceThatSomebodyElseUses() throws {
        let listener = try Listener("faulty")
        try fakes.control("faulty", "busy")
        listener.microphone.start()
        #expect(listener.states == ["busy"])
        try fakes.control("faulty", "run")
        try listener.run(until: { !listener.samples.isEmpty })
        #expect(listener.states == ["busy", "running 16000"])
    }

    @Test func opensAgainWhenNothingComes() throws {
        let listener = try Listener("faulty", stallMicroseconds: 300_000)
        try fakes.control("faulty", "stall")
        listener.microphone.start()
        try listener.run(until: { listener.states.last == "stalled" })
        // Time for another attempt, which finds the device open and as silent as before.
        let later = Clock.monotonicMicroseconds + 1_200_000
        try listener.run(until: { Clock.monotonicMicroseconds >= later })
        try fakes.control("faulty", "run")
        try listener.run(until: { !listener.samples.isEmpty })
        #expect(listener.states == ["running 16000", "stalled", "running 16000"])
    }

    /// Stopped by a signal, or on a board that does something else: the card is not to blame.
    @Test(arguments: [UInt32(600_000), 2_600_000])
    func aProcessThatStoodStillFindsNoStall(microseconds: UInt32) throws {
        let listener = try Listener("faulty", stallMicroseconds: 300_000)
        try fakes.control("faulty", "run")
        listener.microphone.start()
        try listener.run(until: { !listener.samples.isEmpty })
        // The buffer holds two seconds: the shorter time leaves frames behind, the longer an overrun.
        try systemCall("usleep") { usleep(microseconds) }
        let count = listener.samples.count
        try listener.run(until: { listener.samples.count > count + 8000 })
        #expect(listener.states == ["running 16000"])
        #expect(microseconds < 2_000_000 || listener.microphone.overrunCount > 0)
    }

    /// A muted or broken microphone may deliver frames, and zeros alone: nobody would notice.
    @Test func zerosAloneAreAStallThatEndsWithTheFirstSound() throws {
        let listener = try Listener("faulty", zerosMicroseconds: 300_000)
        try fakes.control("faulty", "run")
        listener.microphone.start()
        try listener.run(until: { !listener.samples.isEmpty })
        try fakes.control("faulty", "silence")
        try listener.run(until: { listener.states.last == "stalled" })
        // Time for another attempt, which finds zeros again.
        let later = Clock.monotonicMicroseconds + 1_500_000
        let heard = listener.samples.count
        try listener.run(until: { Clock.monotonicMicroseconds >= later })
        #expect(listener.samples.count == heard)
        try fakes.control("faulty", "run")
        try listener.run(until: { listener.states.last == "running 16000" })
        #expect(listener.states == ["running 16000", "stalled", "running 16000"])
        #expect(listener.microphone.reopenCount >= 1)
    }

    @Test func takesAnotherDeviceWhileItRuns() throws {
        let listener = try Listener("s16")
        listener.microphone.start()
        try listener.run(until: { !listener.samples.isEmpty })
        listener.microphone.configure(MicrophoneOptions(name: "s32"))
        try listener.run(until: { listener.states.last == "running 48000" })
        listener.microphone.stop()
        listener.microphone.configure(MicrophoneOptions(name: "s16"))
        #expect(listener.states.last == "closed")
        listener.microphone.start()
        #expect(listener.states.last == "running 16000")
    }

    @Test func closesOnRequestAndStaysClosed() throws {
        let listener = try Listener("s16")
        listener.microphone.start()
        try listener.run(until: { !listener.samples.isEmpty })
        listener.microphone.stop()
        #expect(listener.states == ["running 16000", "closed"])
    }

    @Test func saysWhichDeviceIsNotThere() throws {
        let listener = try Listener("hw:CARD=Nowhere,DEV=0")
        listener.microphone.start()
        guard case .noDevice(let reason) = listener.microphone.state else {
            Issue.record("\(listener.microphone.state)")
            return
        }
        #expect(reason.hasPrefix("hw:CARD=Nowhere,DEV=0: open: No such "))
    }

    /// ALSA would print nine lines on standard error, the cause first, and that with every attempt.
    @Test func makesOneReasonOfTheNoiseOfALSA() throws {
        let listener = try Listener("dsnoop:CARD=Nowhere")
        listener.microphone.start()
        guard case .noDevice(let reason) = listener.microphone.state else {
            Issue.record("\(listener.microphone.state)")
            return
        }
        #expect(reason.contains("cannot find card 'Nowhere'; "))
        #expect(!reason.contains("\n") && reason.count < 400)
    }

    @Test func comesBackWhileSomethingChangesAllTheTime() throws {
        let directory = try TemporaryDirectory()
        let listener = try Listener("faulty", deviceFolders: [directory.path])
        try fakes.control("faulty", "nodev")
        listener.microphone.start()
        #expect(listener.states == ["no-device"])
        try fakes.control("faulty", "run")
        try listener.run(until: {
            _ = try? directory.write([], to: "node")
            return listener.states.last == "running 16000"
        })
    }

    @Test func aDeviceThatDoesNotStartNeverRuns() throws {
        let listener = try Listener("faulty")
        try fakes.control("faulty", "nostart")
        listener.microphone.start()
        #expect(listener.states == ["no-device"])
        try fakes.control("faulty", "run")
        try listener.run(until: { !listener.samples.isEmpty })
        #expect(listener.states == ["no-device", "running 16000"])
    }

    @Test func saysWhatToDoAboutADeviceThatCannotBeWaitedFor() throws {
        let listener = try Listener("null")
        listener.microphone.start()
        guard case .noDevice(let reason) = listener.microphone.state else {
            Issue.record("\(listener.microphone.state)")
            return
        }
        #expect(
            reason == "null: this device cannot be waited for (Operation not permitted);"
                + " choose a card with --device (arecord -L lists names)"
        )
    }

    @Test func saysWhatADeviceOffersThatDoesNotFit() throws {
        for (name, offer) in [
            ("u16", "16000 to 16000 Hz, 1 to 1 channels, U16_LE"),
            ("slow", "4000 to 4000 Hz, 1 to 1 channels, S16_LE"),
        ] {
            let listener = try Listener(name)
            listener.microphone.start()
            guard case .noDevice(let reason) = listener.microphone.state else {
                Issue.record("\(listener.microphone.state)")
                return
            }
            #expect(reason.hasSuffix("the device offers \(offer)"))
        }
    }
}

@Suite struct CaptureDeviceTests {
    private let first = CaptureDevice(card: "A", number: 0, description: "A")
    private let sibling = CaptureDevice(card: "A", number: 1, description: "A")
    private let second = CaptureDevice(card: "B", number: 0, description: "B")

    @Test func takesTheFirstDeviceOfTheOnlyCard() throws {
        #expect(try CaptureDevice.only(of: [first, sibling]).name == "hw:CARD=A,DEV=0")
    }

    @Test func asksWhichWhenSeveralCardsHaveOne() {
        #expect(
            throws: AudioCaptureError.noDevice(
                reason: "several microphones and none is chosen; put one of these lines below"
                    + " [microphone] in /etc/affectd/affectd.toml: "
                    + "device = \"card:A\" | device = \"card:B\""
            )
        ) { try CaptureDevice.only(of: [first, second]) }
    }

    @Test func saysThatThereIsNone() {
        #expect(throws: AudioCaptureError.noDevice(reason: "no microphone is connected")) {
            try CaptureDevice.only(of: [])
        }
    }
}

@Suite struct DeviceNameTests {
    private let devices = [
        CaptureDevice(card: "PCH", number: 2, description: "onboard"),
        CaptureDevice(
            card: "Mic",
            number: 0,
            description: "first",
            usb: USBIdentity(vendor: "0d8c", product: "0014", serial: "A:1")
        ),
        CaptureDevice(
            card: "Mic_1",
            number: 0,
            description: "second",
            usb: USBIdentity(vendor: "0d8c", product: "0014", serial: "")
        ),
    ]

    @Test(arguments: [
        ("card:PCH", "hw:CARD=PCH,DEV=2"), ("card:Mic_1", "hw:CARD=Mic_1,DEV=0"),
        ("usb:0D8C:0014", "hw:CARD=Mic,DEV=0"), ("usb:0d8c:0014:A:1", "hw:CARD=Mic,DEV=0"),
        ("usb:0d8c:0014:", "hw:CARD=Mic_1,DEV=0"), ("plughw:CARD=X", "plughw:CARD=X"),
        ("default", "default"), ("usb:0d8c", "usb:0d8c"),
    ])
    func findsTheDevice(text: String, name: String) throws {
        #expect(try DeviceName(text).resolved(among: { devices }) == name)
    }

    @Test func namesThoseThereAre() {
        #expect(
            throws: AudioCaptureError.noDevice(
                reason: "no microphone fits usb:1234:5678;"
                    + " there is card:PCH, card:Mic, card:Mic_1"
            )
        ) { try DeviceName("usb:1234:5678").resolved(among: { devices }) }
        #expect(
            throws: AudioCaptureError.noDevice(
                reason: "no microphone fits card:X; none is connected"
            )
        ) { try DeviceName("card:X").resolved(among: { [] }) }
    }
}

@Suite struct BackOffTests {
    @Test func doublesToHalfAMinuteAndStartsAgain() {
        var backOff = BackOff()
        let waits = (0..<8).map { _ in backOff.nextMicroseconds() / 100_000 }
        #expect(waits == [5, 10, 20, 40, 80, 160, 300, 300])
        backOff.reset()
        #expect(backOff.nextMicroseconds() == 500_000)
    }
}
