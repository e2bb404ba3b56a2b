import Testing

@testable import Checkpoints

@Suite struct JSONTests {
  private func parse(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

  @Test func valuesKeepTheirKind() throws {
    let json = try parse(#" {"i":9223372036854775807,"r":-1.5e3,"s":"a\/b","l":[true,false,null],"o":{}} "#)
    #expect(json["i"] == .integer(.max))
    #expect(json["r"]?.number == -1500)
    #expect(json["s"]?.string == "a/b")
    #expect(json["l"] == .array([.bool(true), .bool(false), .null]))
    #expect(json["o"]?.object?.isEmpty == true)
    #expect(json["none"] == nil)
    #expect(try parse("1e400").number == .infinity)
    #expect(try parse("99999999999999999999").number == 1e20)
  }

  @Test(arguments: [
    "", " ", "{", "[1,]", "[,1]", "{\"a\":1,}", "01", "1.", ".5", "+1", "-", "1e", "tru", "nulll", "\"", "\"\\x\"",
    "\"\\u12\"", "\"\\udc00\"", "NaN", "'a'", "[1 2]", "{\"a\":1,\"a\":2}", "1 1", "\u{FEFF}1",
  ])
  func whatIsNotJSONIsRefused(_ text: String) {
    #expect(throws: JSONError.self) { try parse(text) }
  }

  @Test func depthIsLimited() {
    #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 100_000)) }
    #expect(throws: JSONError.self) { try parse(String(repeating: "{\"a\":", count: 100_000)) }
  }
}
