import Testing

@testable import Catalog

@Suite struct CatalogTests {
  @Test func ourOwnFilesAreFoundAndHaveNoMistakes() {
    let catalog = Catalog.load(userFolder: nil)
    #expect(catalog.problems == [])
    #expect(catalog.theme(named: "dusk").name == "dusk")
  }
}
