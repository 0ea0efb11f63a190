import Quantization

/// Signal to noise, saturation and range use of every layer as horizontal bars.
struct QuantizationPlot {
    /// A column of bars.
    private struct Panel {
        let title: String
        /// What fills the width.
        let full: Double
        let value: (QuantizationReport.Layer) -> Double?
        let text: (Double) -> String
        let colour: String
    }

    private static let rowHeight = 18.0
    private static let nameWidth = 150.0
    private static let panelWidth = 210.0
    private static let barWidth = 150.0
    private static let top = 50.0

    private let layers: [QuantizationReport.Layer]
    private let title: String

    init(_ layers: [QuantizationReport.Layer], title: String) {
        self.layers = layers
        self.title = title
    }

    private var panels: [Panel] {
        let saturation = layers.map(\.saturationRate).max() ?? 0
        return [
            // Eight bits that are filled evenly give 50 dB.
            Panel(
                title: "signal to noise, dB",
                full: 50,
                value: { $0.signalToNoise.decibel },
                text: { $0.fixed(1) },
                colour: "#2b6cb0"
            ),
            Panel(
                title: "saturated",
                full: max(saturation, 1e-6),
                value: { $0.saturationRate },
                text: { ($0 * 100).fixed(3) + " %" },
                colour: "#c05621"
            ),
            Panel(
                title: "range used",
                full: 1,
                value: { $0.rangeUse },
                text: { $0.percent },
                colour: "#2f855a"
            ),
        ]
    }

    /// The drawing.
    var svg: String {
        let width = Self.nameWidth + 3 * Self.panelWidth
        let height = Self.top + Double(layers.count) * Self.rowHeight + 10
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width.fixed(0))"
                + " \(height.fixed(0))\" font-family=\"sans-serif\" font-size=\"11\">",
            "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
            Self.text(title + ": int8 against full precision", 8, 18, "font-size=\"13\""),
        ]
        for (row, layer) in layers.enumerated() {
            let x = Self.nameWidth - 8
            lines.append(Self.text(layer.name, x, baseline(row), "text-anchor=\"end\""))
        }
        for (index, panel) in panels.enumerated() {
            let x = Self.nameWidth + Double(index) * Self.panelWidth
            lines.append(Self.text(panel.title, x, 40, "font-weight=\"bold\""))
            for (row, layer) in layers.enumerated() { lines += bar(panel, layer, row, x) }
        }
        return (lines + ["</svg>", ""]).joined(separator: "\n")
    }

    private func bar(
        _ panel: Panel,
        _ layer: QuantizationReport.Layer,
        _ row: Int,
        _ x: Double
    ) -> [String] {
        guard let value = panel.value(layer) else {
            return [Self.text("-", x, baseline(row), "")]
        }
        let length = min(max(value / panel.full, 0), 1) * Self.barWidth
        let y = Self.top + Double(row) * Self.rowHeight
        return [
            "<rect x=\"\(x.fixed(1))\" y=\"\((y + 3).fixed(1))\" width=\"\(length.fixed(1))\""
                + " height=\"\((Self.rowHeight - 6).fixed(1))\" fill=\"\(panel.colour)\"/>",
            Self.text(panel.text(value), x + length + 4, baseline(row), ""),
        ]
    }

    private func baseline(_ row: Int) -> Double {
        Self.top + Double(row) * Self.rowHeight + 13
    }

    /// Names of models and layers have no characters that XML would need to escape.
    private static func text(_ text: String, _ x: Double, _ y: Double, _ style: String) -> String {
        "<text x=\"\(x.fixed(1))\" y=\"\(y.fixed(1))\" \(style)>\(text)</text>"
    }
}
