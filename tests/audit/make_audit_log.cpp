// Writes a log for tests in other languages: make_audit_log DIRECTORY RECORDS; prints its key.
#include <iostream>
#include <string>

#include "tests/audit/made_log.hpp"

using namespace stagegate;

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto key = audit::SigningKey::generate("made.example/audit");
  tests::make_log({argv[1]}, key, std::stoull(argv[2]), tests::promotions(40));
  std::cout << key.verify_key().text() << '\n';
}
