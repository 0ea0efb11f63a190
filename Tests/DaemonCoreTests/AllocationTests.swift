import AudioCapture
import CAllocationProbe
import DaemonConfiguration
import DaemonCore
import EventProtocol
import Glibc
import ModelFile
import ServiceTestSupport
import SystemIntegration
import TestSupport
import Testing

@Suite struct AllocationTests {
    /// From the samples of a wake-up on, through gate and front end.
    @Test func silenceAllocatesNothing() throws {
        let directory = try TemporaryDirectory()
        var configuration = Configuration()
        try configuration.set(
            .emotionModel,
            to: directory.write(SampleModel.int8().bytes, to: "model.affect"),
            from: "test"
        )
        let daemon = try Daemon(
            models: ModelSet(configuration),
            configuration: configuration,
            rereadConfiguration: { () throws(DaemonError) in configuration },
            loop: EventLoop(),
            notifier: ServiceNotifier(watchdogMicroseconds: nil) { _ in },
            journal: Journal(writesEntries: false, linesTo: STDERR_FILENO)
        )
        daemon.microphoneChanged(
            to: .running(
                CaptureParameters(
                    device: "nowhere",
                    format: StreamFormat(sampleRate: 48_000, channelCount: 2),
                    encoding: .signed32,
                    periodFrames: 2400,
                    bufferFrames: 96_000
                )
            )
        )
        // 200 ms of stereo near silence.
        let samples = (0..<19_200).map { Int16($0 % 3) - 1 }
        for round in 0..<20 {
            let before = affect_allocation_count()
            daemon.microphoneCaptured(samples.span)
            let count = affect_allocation_count() - before
            if round > 0 { #expect(count == 0, "round \(round)") }
        }
        #expect(daemon.state.capture == .running)
        #expect(!daemon.state.speech)
    }
}
