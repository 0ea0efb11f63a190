import DaemonCore
import SystemIntegration
import Testing

@Suite struct JournalCatalogTests {
    private func catalog() throws -> String {
        String(
            decoding: try FileDescriptor.contents(
                ofFile: "systemd/affectd.catalog",
                limit: 1 << 20
            ),
            as: UTF8.self
        )
    }

    @Test func explainsEveryKindOfEntryAndNoOther() throws {
        let explained = try catalog().split(separator: "\n").filter { $0.hasPrefix("-- ") }
            .map { String($0.dropFirst(3)) }
        #expect(explained.sorted() == JournalMessageID.allCases.map(\.rawValue).sorted())
        for kind in explained {
            #expect(kind.count == 32 && kind.allSatisfy { "0123456789abcdef".contains($0) })
        }
    }

    @Test func everyExplanationHasASubjectAndText() throws {
        for entry in try catalog().split(separator: "\n-- ").dropFirst() {
            let parts = entry.split(separator: "\n\n", maxSplits: 1)
            #expect(parts.count == 2 && parts[0].contains("\nSubject: "), "\(entry)")
        }
    }
}
