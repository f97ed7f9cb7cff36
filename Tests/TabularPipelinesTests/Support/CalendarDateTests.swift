import Testing

@testable import TabularPipelines

struct CalendarDateTests {
  @Test("Dates are days of the Gregorian calendar, there and back")
  func datesRoundTrip() {
    for days: Int32 in stride(from: -800_000, to: 800_000, by: 97) { #expect(CalendarDate(daysSince1970: days).daysSince1970 == days) }
    #expect(CalendarDate(year: 2015, month: 2, day: 29) == nil)
    #expect(CalendarDate(year: 2016, month: 2, day: 29)?.daysSince1970 == 16_860)
  }
}
