import AcceleratedKernels
import AudioCapture
import Inference
import ModelDescription
import ModelFile
import Recognition
import SystemIntegration

/// `affectd --benchmark`: what recognition costs on this machine, by the code that the daemon runs.
///
/// No microphone, no socket and no network; processor time of the thread, medians over rounds.
package struct Benchmark {
    /// How much is played.
    package struct Extent {
        /// How often everything is measured.
        var rounds = 5
        /// Seconds of silence, and of speech that is made of numbers, in a round.
        var silenceSeconds = 4
        var speechSeconds = 7

        /// As `affectd --benchmark` measures.
        package init() {}

        /// Another extent, for tests.
        package init(rounds: Int, silenceSeconds: Int, speechSeconds: Int) {
            self.rounds = rounds
            self.silenceSeconds = silenceSeconds
            self.speechSeconds = speechSeconds
        }
    }

    /// Longest recording that is played, in seconds.
    private static let longestRecording = 60
    /// Silence behind speech, so that the gate closes.
    private static let closingSeconds = 2

    private let models: ModelSet
    private let options: RecognizerOptions
    private let extent: Extent
    private let sound: [Int16]
    private let soundName: String

    /// Prepares the sound.
    ///
    /// - Parameter input: a recording of speech, 16 kHz and mono; `nil` for a voice made of numbers.
    /// - Throws: `input`.
    package init(
        models: ModelSet,
        options: RecognizerOptions,
        input: String?,
        extent: Extent = Extent()
    ) throws(DaemonError) {
        self.models = models
        self.options = options
        self.extent = extent
        soundName = input ?? "a made voice"
        let speech =
            if let input { try Self.recording(input) } else {
                BenchmarkSound.voice(seconds: extent.speechSeconds)
            }
        sound = speech + BenchmarkSound.room(seconds: Self.closingSeconds)
    }

    private static func recording(_ path: String) throws(DaemonError) -> [Int16] {
        do throws(AudioCaptureError) {
            let reader =
                path == "-"
                ? try AudioFileReader(standardInput: ()) : try AudioFileReader(wavFile: path)
            let format = reader.format
            guard format.sampleRate == BenchmarkSound.sampleRate, format.channelCount == 1 else {
                throw .unsupported(
                    what: "format",
                    expected: "16000 Hz and one channel, which are played at other formats as well",
                    found: "\(format.sampleRate) Hz, channels: \(format.channelCount)"
                )
            }
            return try reader.readAll(frameLimit: longestRecording * BenchmarkSound.sampleRate)
        } catch {
            throw .input(path: path, error)
        }
    }

    /// Measures everything.
    ///
    /// - Throws: `modelUnfit`, and `noSpeech` when the models hear none in the sound.
    package func run() throws(DaemonError) -> BenchmarkReport {
        var formats: [BenchmarkReport.FormatCost] = []
        // As long as there is one recogniser, like in the daemon.
        var memory = BenchmarkReport.Memory()
        for format in BenchmarkCard.Format.all {
            formats.append(try cost(of: format))
            if formats.count == 1 { memory = .now }
        }
        let manifest = models.emotion.model.manifest
        let network = try preparedNetwork()
        return BenchmarkReport(
            board: Board(),
            kernels: network.kernels.name,
            emotion: models.emotion.reference,
            speech: models.speech?.reference,
            sound: soundName,
            formats: formats,
            windowNanoseconds: windowCost(network, frameCount: manifest.decision.windowFrames),
            windowMilliseconds: UInt64(
                manifest.decision.hopFrames * manifest.frontEnd.hopLength * 1000
                    / FrontEndOptions.sampleRate
            ),
            memory: memory
        )
    }

    private func cost(
        of format: BenchmarkCard.Format
    ) throws(DaemonError) -> BenchmarkReport.FormatCost {
        var pass = BenchmarkPass(
            format,
            recognizer: try models.recognizer(for: format.audio, options: options)
        )
        let room = BenchmarkSound.room(seconds: extent.silenceSeconds)
        // Learns the noise of the room, and brings code and memory in.
        _ = pass.play(room)
        var silence: [UInt64] = []
        var speech: [UInt64] = []
        var ends: [BenchmarkEnd] = []
        for _ in 0..<extent.rounds {
            let quiet = pass.play(room)
            let loud = pass.play(sound)
            guard let quietCost = quiet.silence.nanosecondsPerSecond,
                let loudCost = loud.speech.nanosecondsPerSecond, loud.end.utteranceMicroseconds > 0
            else { throw .noSpeech(sound: soundName) }
            silence.append(quietCost)
            speech.append(loudCost)
            ends.append(loud.end)
        }
        return BenchmarkReport.FormatCost(
            format: format,
            silence: median(silence),
            speech: median(speech),
            frontEnd: try frontEndCost(of: format),
            end: BenchmarkEnd.median(of: ends)
        )
    }

    /// What gate, resampler and front end cost without detector and network, in nanoseconds a second
    /// of sound.
    private func frontEndCost(of format: BenchmarkCard.Format) throws(DaemonError) -> UInt64 {
        let model = models.emotion.model
        var pass: FrontEndPass
        do throws(RecognizerError) {
            pass = FrontEndPass(
                format,
                stream: try FrameStream(
                    format: format.audio,
                    options: model.manifest.frontEnd,
                    tables: model.frontEndTables,
                    preRollFrames: model.manifest.decision.preRollFrames,
                    gate: nil
                )
            )
        } catch {
            throw .modelUnfit(path: models.emotion.path, error)
        }
        return median((0..<extent.rounds).compactMap { _ in pass.play(sound).nanosecondsPerSecond })
    }

    private func preparedNetwork() throws(DaemonError) -> Network {
        do throws(InferenceError) {
            return try Network(preparing: models.emotion.model)
        } catch {
            throw .modelUnfit(path: models.emotion.path, .network(error.description))
        }
    }

    /// Nanoseconds of one answer of the network.
    private func windowCost(_ network: Network, frameCount: Int) -> UInt64 {
        var workspace = Workspace(for: network)
        // Any features cost the same; these are the samples of the sound.
        let count = frameCount * network.channelCount
        let features = (0..<count).map { sound[$0 % sound.count] }
        var costs: [UInt64] = []
        for round in 0...extent.rounds {
            let start = Clock.threadProcessorNanoseconds
            network.run(features: features.span, frameCount: frameCount, workspace: &workspace)
            // The first one brings the weights in.
            if round > 0 { costs.append(Clock.threadProcessorNanoseconds - start) }
        }
        return median(costs)
    }

    private func median(_ values: [UInt64]) -> UInt64 { values.sorted()[values.count / 2] }
}
