/// Rows and columns: of a kernel, of the step from one window to the next, or from one tap of a kernel to the next.
package struct Extent: Sendable, Hashable {
  /// Rows.
  package let rows: Int
  /// Columns.
  package let columns: Int

  /// `rows` x `columns`.
  package init(_ rows: Int, _ columns: Int) { (self.rows, self.columns) = (rows, columns) }

  /// As many rows as columns.
  package init(_ both: Int) { self.init(both, both) }

  var both: [Int] { [rows, columns] }
}

/// What is added on each side of a map: zeros, or nothing that a maximum could be.
package struct Sides: Sendable, Hashable {
  /// Rows above.
  package let top: Int
  /// Rows below.
  package let bottom: Int
  /// Columns before.
  package let left: Int
  /// Columns behind.
  package let right: Int

  /// So many rows and columns.
  package init(top: Int, bottom: Int, left: Int, right: Int) {
    (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
  }

  /// The same number on every side.
  package init(_ all: Int) { self.init(top: all, bottom: all, left: all, right: all) }

  package static let none = Sides(0)

  /// In the order of ``init(top:bottom:left:right:)``, which is that of the YAML.
  var all: [Int] { [top, bottom, left, right] }
}

extension LayerDescription {
  /// A convolution: PyTorch's `Conv2d`.
  package struct Convolution: Sendable, Hashable {
    package enum Margin: Sendable, Hashable {
      case named(Padding)
      case sides(Sides)
    }

    /// Maps that it emits.
    package var channels: Int
    package var kernel = Extent(3)
    package var stride = Extent(1)
    /// From one tap of the kernel to the next; 1 leaves nothing out.
    package var dilation = Extent(1)
    package var padding = Margin.named(.same)
    /// The input's maps and the output's are divided into so many groups, each of which reads its own; as many as there are maps: depthwise.
    package var groups = 1
    package var hasBias = true
    package var relu = true

    /// 3 x 3, padded, with bias and ReLU until it is changed.
    package init(channels: Int) { self.channels = channels }

    /// Rows and columns that the kernel reaches over: at most `Int.max`.
    var reach: Extent { Extent(Self.reach(kernel.rows, dilation.rows), Self.reach(kernel.columns, dilation.columns)) }

    private static func reach(_ kernel: Int, _ dilation: Int) -> Int {
      let (span, overflow) = (kernel - 1).multipliedReportingOverflow(by: dilation)
      return overflow || span == Int.max ? Int.max : span + 1
    }

    /// What is added around the map. Half of the reach is `same` at stride 1.
    var sides: Sides {
      switch padding {
      case .sides(let sides): sides
      case .named(.valid): .none
      case .named(.same):
        Sides(top: reach.rows / 2, bottom: reach.rows / 2, left: reach.columns / 2, right: reach.columns / 2)
      }
    }
  }

  /// The windows of a pooling: PyTorch's `MaxPool2d` and `AvgPool2d`.
  package struct Pooling: Sendable, Hashable {
    package var size: Extent
    /// As the window, where nil: windows that do not overlap.
    package var stride: Extent?
    package var padding = Sides.none
    /// Whether the zeros of the padding count in a mean; no matter to a maximum.
    package var countsPadding = true

    /// Windows that do not overlap, without padding.
    package init(_ size: Extent) { self.size = size }

    var step: Extent { stride ?? size }
  }

  /// A function of each value by itself. None of these has a backward pass here; ReLU, which has one, is a kind of its own.
  package enum Activation: Sendable, Hashable {
    /// x, but `slope` * x where x is negative.
    case leakyReLU(slope: Float)
    /// x times the share of the normal distribution that is below x; `isTanh`: its approximation by tanh.
    case gelu(isTanh: Bool)
    /// x / (1 + exp(-x)), also called swish.
    case silu
    /// 1 / (1 + exp(-x)).
    case sigmoid
    case tanh
  }

  /// What a layer normalization takes together.
  package enum NormalizedOver: String, Sendable, Hashable, Codable, CaseIterable {
    /// All values of an example: PyTorch's `LayerNorm` of the whole shape.
    case example
    /// The channels at each place of the maps, as in ConvNeXt.
    case channels
    /// All values of an example, with one scale and one shift for each channel: PyTorch's `GroupNorm` of one group.
    case group
  }
}
