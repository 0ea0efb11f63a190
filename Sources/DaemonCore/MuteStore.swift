import JSONText
import SystemIntegration

/// Keeps the mute over a restart, in a file that is there as long as affectd is muted.
package final class MuteStore: Sendable {
    /// Whether and for how long.
    package enum Mute: Equatable, Sendable {
        case no
        /// Muted, for so many microseconds more, or until somebody unmutes.
        case yes(remainingMicroseconds: UInt64?)
    }

    private let path: String?

    /// - Parameter folder: where the file is; `nil` keeps nothing.
    package init(folder: String?) {
        path = folder.map { "\($0)/mute.json" }
    }

    /// What was kept; a file that cannot be read or understood mutes: nobody asked to be heard.
    package func load(
        wallClockMicroseconds now: UInt64 = Clock.wallClockMicroseconds
    ) -> Mute {
        guard let path else { return .no }
        let bytes: [UInt8]
        do throws(SystemIntegrationError) {
            bytes = try FileDescriptor.contents(ofFile: path, limit: 4096)
        } catch .call(_, _, let errorNumber) where SystemIntegrationError.isAbsent(errorNumber) {
            return .no
        } catch {
            return .yes(remainingMicroseconds: nil)
        }
        do throws(JSONError) {
            let cursor = JSONCursor(try JSONReader.read(bytes))
            guard let until = try cursor.optionalMember("untilWallClockMicroseconds") else {
                return .yes(remainingMicroseconds: nil)
            }
            let end = UInt64(try until.integer(0...Int.max))
            let duration = UInt64(try cursor.member("durationMicroseconds").integer(0...Int.max))
            // The clock of a board may have been set in between: never longer than was asked for.
            let remaining = min(end > now ? end - now : 0, duration)
            return remaining == 0 ? .no : .yes(remainingMicroseconds: remaining)
        } catch {
            return .yes(remainingMicroseconds: nil)
        }
    }

    /// Keeps a mute, or that there is none.
    ///
    /// Waits for the disk: what is kept outlives a loss of power.
    ///
    /// - Throws: `SystemIntegrationError`, also when there is no place to keep it.
    package func save(
        _ mute: Mute,
        wallClockMicroseconds now: UInt64 = Clock.wallClockMicroseconds
    ) throws(SystemIntegrationError) {
        guard let path else {
            // Where nothing is kept, nothing comes back.
            if mute == .no { return }
            throw .noStateFolder
        }
        switch mute {
        case .no:
            try DurableFile.remove(path)
        case .yes(let remaining):
            var object = JSONObject()
            if let remaining {
                object["untilWallClockMicroseconds"] = .integer(now + remaining)
                object["durationMicroseconds"] = .integer(remaining)
            }
            try DurableFile.write(Array((JSONValue.object(object).text + "\n").utf8), to: path)
        }
    }
}
