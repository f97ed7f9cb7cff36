import Foundation

/// A file with the columns, value ranges and number formats of `hour.csv` of the UCI Bike Sharing data set (DOI 10.24432/C5W894), for tests: the
/// values are generated and the same on every call.
public enum BikeSharingHours {
  public static let header =
    "instant,dteday,season,yr,mnth,hr,holiday,weekday,workingday,weathersit,temp,atemp,hum,windspeed,casual,registered,cnt"

  /// `hours` hours from 2011-01-01 on, a Saturday; fewer than 31 days of them.
  public static func csv(hours: Int = 500, seed: UInt64 = 5) -> String {
    var random = SeededRandom(seed: seed)
    var lines = [header]
    for hour in 0..<hours {
      let (day, hr) = (hour / 24, hour % 24)
      let weekday = (6 + day) % 7
      let isHoliday = day == 16
      let isWorkday = (1...5).contains(weekday) && !isHoliday
      let temp = Double(Int.random(in: 8...24, using: &random)) * 0.02
      let weather = Int.random(in: 0..<10, using: &random) < 7 ? 1 : Int.random(in: 2...3, using: &random)
      let wind = Int.random(in: 0..<8, using: &random) == 0 ? 0 : Double(Int.random(in: 2...9, using: &random)) * 0.0298507 + 0.0298507
      let rush = isWorkday && (hr == 8 || hr == 17 || hr == 18) ? 150 : 0
      let daylight = max(0, 60 - 6 * abs(hr - 14))
      let registered = max(0, (rush + daylight + Int(temp * 100)) / weather + Int.random(in: 0..<12, using: &random))
      let casual = (isWorkday ? daylight / 6 : daylight / 2) / weather + Int.random(in: 0..<4, using: &random)
      let date = String(format: "2011-01-%02d", day + 1)
      let numbers = [temp, temp + 0.0379, Double(Int.random(in: 28...100, using: &random)) / 100, wind].map { number($0) }
      lines.append(
        "\(hour + 1),\(date),1,0,1,\(hr),\(isHoliday ? 1 : 0),\(weekday),\(isWorkday ? 1 : 0),\(weather),\(numbers.joined(separator: ",")),"
          + "\(casual),\(registered),\(casual + registered)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Up to four decimals, without zeros at the end.
  private static func number(_ value: Double) -> String {
    var text = String(format: "%.4f", value)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }
}
