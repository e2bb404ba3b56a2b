extension Metaphors {
  /// An idea in both languages, and a picture of it that fits where a noun stands.
  struct Idea: Sendable {
    var words: Phrases
    var picture: Bilingual
    init(_ words: [String], _ en: String, _ zh: String) {
      self.words = Phrases(words)
      picture = Bilingual(en, zh)
    }
  }

  static let ideas: [Idea] = [
    Idea(
      ["loneliness", "solitude", "a sense of isolation", "孤独感", "孤寂感", "孤独的心境"],
      "one person on an empty bench", "空长椅上独坐的人"),
    Idea(["nostalgia", "怀旧之情", "乡愁"], "faded photographs on a table", "桌上褪色的老照片"),
    Idea(
      ["the passage of time", "passing of time", "time passing", "flow of time", "时间的流逝", "岁月的流逝", "时光流逝", "岁月流逝"],
      "shadows moving across a wall", "墙上移动的影子"),
    Idea(
      ["the light of hope", "a glimmer of hope", "a sense of hope", "feeling of hope", "希望之光", "希望的力量"],
      "a seedling in a ray of light", "一束光里的嫩芽"),
    Idea(
      ["freedom itself", "a sense of freedom", "the feeling of freedom", "spirit of freedom", "自由的感觉", "自由的灵魂", "自由感"],
      "a bird above open water", "掠过开阔水面的飞鸟"),
    Idea(["eternity", "infinity", "无限可能", "永恒"], "a corridor without an end", "望不到尽头的长廊"),
    Idea(["destiny", "fate", "宿命", "命运"], "a fork in a road", "一个岔路口"),
    Idea(["despair", "heartbreak", "sorrow", "grief", "绝望感", "悲伤感", "心碎的感觉"], "a face with tears", "一张流泪的脸"),
    Idea(["inner peace", "peace of mind", "内心的平静", "内心平静", "心灵的宁静"], "closed eyes and slow breath", "闭着眼缓缓呼吸"),
    Idea(["inner turmoil", "inner struggle", "inner conflict", "内心的挣扎", "内心挣扎"], "clenched hands", "紧握的双手"),
    Idea(
      ["the power of love", "true love", "eternal love", "爱的力量", "爱情的美好"], "two hands holding each other", "紧握在一起的两只手"),
    Idea(["the meaning of life", "the cycle of life", "生命的意义", "人生的意义", "生命的轮回"], "a hand planting a tree", "一只种树的手"),
    Idea(["lost innocence", "childhood innocence", "纯真年代", "童年的纯真"], "a child with wide eyes", "睁大眼睛的孩子"),
    Idea(["a sense of mystery", "an air of mystery", "神秘感"], "fog around a lantern", "雾里的一盏灯"),
    Idea(["a sense of wonder", "敬畏感"], "wide eyes looking up", "仰望的双眼"),
    Idea(["the human condition", "人性的光辉"], "a crowd at a crossing", "路口的人群"),
    Idea(["lost soul", "tormented soul", "灵魂深处", "灵魂的"], "tired face", "疲惫的脸"),
  ]
}
