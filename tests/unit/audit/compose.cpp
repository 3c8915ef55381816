// What becomes of drafts, for schema_test.py: a line of JSON in, a line out. "+" and the composed
// record, or "-" and what is wrong with it.
#include <iostream>
#include <string>

#include "common/audit/record/record.hpp"
#include "common/text/json.hpp"
#include "tests/unit/audit/records.hpp"

using namespace stagegate;

int main() {
  for (std::string text; std::getline(std::cin, text);) {
    const auto draft = text::parse_json(text);
    const auto fine = draft ? audit::check_draft(*draft) : usage(draft.error().message);
    if (fine) {
      std::cout << "+" << tests::line_of(*draft).value() << "\n";
    } else {
      std::cout << "-" << text::Json(fine.error().message).dump() << "\n";
    }
  }
}
