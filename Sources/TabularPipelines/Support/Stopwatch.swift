/// Measures wall-clock seconds, lap by lap.
struct Stopwatch {
  private var start = ContinuousClock.now

  /// Seconds since the stopwatch was made, restarted or asked; it starts again.
  mutating func lap() -> Double {
    let now = ContinuousClock.now
    defer { start = now }
    return (now - start) / .seconds(1)
  }

  /// Starts again.
  mutating func restart() { start = .now }
}
