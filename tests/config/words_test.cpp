#include "config/words.hpp"

#include <gtest/gtest.h>

namespace lauebench {
namespace {

template <class Enum>
void expect_words_lead_back() {
  for (auto const& entry : word_table<Enum>) {
    EXPECT_EQ(to_word(entry.value), entry.word);
    EXPECT_EQ(from_word<Enum>(entry.word), entry.value);
  }
  EXPECT_EQ(from_word<Enum>(""), std::nullopt);
  EXPECT_EQ(from_word<Enum>("other"), std::nullopt);
}

TEST(Words, LeadBackToTheirValues) {
  expect_words_lead_back<Mode>();
  expect_words_lead_back<Order>();
  expect_words_lead_back<CachePolicy>();
  expect_words_lead_back<BackendChoice>();
  expect_words_lead_back<WireEdge>();
  expect_words_lead_back<AreaRule>();
  expect_words_lead_back<Precision>();
  expect_words_lead_back<KernelLoop>();
  expect_words_lead_back<IoPath>();
  expect_words_lead_back<OutputLayout>();
  expect_words_lead_back<ElementType>();
}

TEST(Words, CoverEveryElementType) {
  for (auto const type : all_element_types) {
    EXPECT_EQ(to_word(type), to_string(type));
  }
}

TEST(Words, AreListedInTheOrderOfTheTable) {
  EXPECT_EQ(list_words<Mode>(), "cpu|gpu|both");
  EXPECT_EQ(list_words<Precision>(), "double|single");
}

}  // namespace
}  // namespace lauebench
