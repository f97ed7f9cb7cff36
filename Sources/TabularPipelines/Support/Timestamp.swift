/// A point in time without a time zone, as frames hold it: microseconds since 1970-01-01T00:00:00, with 86,400 seconds per day.
struct Timestamp: Equatable, Sendable {
  static let microsecondsPerDay: Int64 = 86_400_000_000

  let microseconds: Int64

  /// Days since 1970-01-01 with the fraction of the day: the scale of dates.
  var daysSince1970: Double { Double(microseconds) / Double(Self.microsecondsPerDay) }

  /// `yyyy-mm-dd hh:mm:ss`, with as many digits of a fraction as it needs.
  var text: String {
    func padded(_ value: Int64, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let (quotient, rest) = microseconds.quotientAndRemainder(dividingBy: Self.microsecondsPerDay)
    let days = rest < 0 ? quotient - 1 : quotient
    let ofDay = rest < 0 ? rest + Self.microsecondsPerDay : rest
    let seconds = ofDay / 1_000_000
    var fraction = padded(ofDay % 1_000_000, 6)
    while fraction.last == "0" { fraction.removeLast() }
    return "\(CalendarDate(daysSince1970: Int32(days)).text) \(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2))"
      + ":\(padded(seconds % 60, 2))\(fraction.isEmpty ? "" : "." + fraction)"
  }
}
