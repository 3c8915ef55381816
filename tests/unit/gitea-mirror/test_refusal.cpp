#include <algorithm>
#include <string>
#include <vector>

#include "plugins/gitea-mirror/wire/refusal.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::mirror;
using Kind = Refusal::Kind;

namespace {

struct Row {
  const char* reason;
  std::vector<std::string> remarks;
  Kind kind;
  bool retryable;
  bool for_all;
};

Remarks remarks_of(const std::vector<std::string>& lines) {
  Remarks remarks;
  for (const std::string& line : lines) remarks.add(line);
  return remarks;
}

const char* const kPreReceive = "pre-receive hook declined";

// As servers write them: git 2.39, Gitea 1.27, GitHub, GitLab.
const std::vector<Row> kRows{
    {"failed to update ref", {}, Kind::moved_meanwhile, true, false},
    {"reference already exists", {}, Kind::moved_meanwhile, true, false},
    {"fetch first", {}, Kind::moved_meanwhile, true, false},
    {"cannot lock ref 'refs/heads/a': is at x but expected y",
     {},
     Kind::moved_meanwhile,
     true,
     false},
    {"non-fast-forward", {}, Kind::non_fast_forward, false, false},
    {"hook declined", {}, Kind::declined, false, false},
    {"hook declined",
     {"error: GH006: Protected branch update failed for refs/heads/main."},
     Kind::protected_ref,
     false,
     false},
    {kPreReceive, {}, Kind::declined, false, true},
    {"protected branch hook declined", {}, Kind::protected_ref, false, false},
    {kPreReceive,
     {"Gitea: branch main is protected from force push"},
     Kind::protected_ref,
     false,
     true},
    {kPreReceive,
     {"Gitea: branch main is the default branch and cannot be deleted"},
     Kind::current_branch,
     false,
     true},
    {kPreReceive,
     {"GitLab: You are not allowed to force push code to a protected branch on this project."},
     Kind::protected_ref,
     false,
     true},
    {kPreReceive,
     {"GitLab: You are not allowed to push code to this project."},
     Kind::no_permission,
     false,
     true},
    {kPreReceive,
     {"error: Trace: 1",
      "error: GH001: Large files detected. You may want to try Git Large File Storage",
      "error: File big.bin is 130.00 MB; this exceeds GitHub's file size limit of 100.00 MB"},
     Kind::large_file,
     false,
     true},
    {kPreReceive,
     {"error: GH008: Your push referenced at least 1 unknown Git LFS object:"},
     Kind::lfs_missing,
     false,
     true},
    {"push declined due to repository rule violations",
     {"error: GH013: Repository rule violations found for refs/heads/main.",
      "- Changes must be made through a pull request."},
     Kind::rule_violation,
     false,
     false},
    {"push declined due to repository rule violations",
     {"error: GH013: Repository rule violations found for refs/heads/main.",
      "- Push cannot contain secrets"},
     Kind::secret,
     false,
     false},
    {kPreReceive,
     {"error: GH013: Repository rule violations found for refs/heads/main.",
      "- GITHUB PUSH PROTECTION", "- Push cannot contain secrets"},
     Kind::secret,
     false,
     true},
    {"refusing to allow a Personal Access Token to create or update workflow"
     " `.github/workflows/x.yml` without `workflow` scope",
     {},
     Kind::workflow_scope,
     false,
     false},
    {"refusing to allow an OAuth App to create or update workflow `a` without `workflow` scope",
     {},
     Kind::workflow_scope,
     false,
     false},
    {"deny updating a hidden ref", {}, Kind::hidden_ref, false, false},
    {"deny deleting a hidden ref", {}, Kind::hidden_ref, false, false},
    {"deletion of the current branch prohibited", {}, Kind::current_branch, false, false},
    {"refusing to delete the current branch: refs/heads/main",
     {},
     Kind::current_branch,
     false,
     false},
    {"branch is currently checked out", {}, Kind::current_branch, false, false},
    {"deletion prohibited", {}, Kind::protected_ref, false, false},
    {"funny refname", {}, Kind::bad_name, false, false},
    {"atomic push failure", {}, Kind::atomic, false, true},
    {"atomic transaction failed", {}, Kind::atomic, false, true},
    {"missing necessary objects", {}, Kind::lacks_objects, true, false},
    {"unpacker error",
     {"fatal: pack exceeds maximum allowed size (2.00 GiB)"},
     Kind::pack_too_big,
     false,
     false},
    {"unpacker error",
     {"fatal: write error: No space left on device"},
     Kind::no_space,
     false,
     false},
    {"unpacker error", {}, Kind::storage, true, false},
    {"a word nobody knows", {}, Kind::other, false, false},
    {"a word nobody knows", {"error: GH006: Protected branch"}, Kind::protected_ref, false, false},
};

}  // namespace

TEST_CASE("the hosts' words mean what they mean") {
  for (const Row& row : kRows) {
    CAPTURE(row.reason);
    const Refusal refusal = classify(row.reason, remarks_of(row.remarks));
    CHECK(name_of(refusal.kind) == name_of(row.kind));
    CHECK(refusal.retryable == row.retryable);
    CHECK(refusal.for_all == row.for_all);
    CHECK_FALSE(refusal.advice.empty());
  }
}

TEST_CASE("every kind has a name and an advice") {
  std::vector<std::string> names;
  for (int kind = 0; kind <= static_cast<int>(Kind::other); ++kind) {
    names.emplace_back(name_of(static_cast<Kind>(kind)));
  }
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

TEST_CASE("a clear reason wins over what was said about another ref") {
  const Remarks remarks = remarks_of({"error: GH006: Protected branch update failed"});
  CHECK(classify("non-fast-forward", remarks).kind == Kind::non_fast_forward);
  CHECK(classify("failed to update ref", remarks).kind == Kind::moved_meanwhile);
}

TEST_CASE("trap 21: a pack that cannot be stored is tried again once, unless it is too big") {
  CHECK(classify_unpack("index-pack abnormal exit", {}).kind == Kind::storage);
  CHECK(classify_unpack("index-pack abnormal exit", {}).retryable);
  const Refusal big =
      classify_unpack("index-pack abnormal exit",
                      remarks_of({"fatal: pack exceeds maximum allowed size (2.00 GiB)"}));
  CHECK(big.kind == Kind::pack_too_big);
  CHECK_FALSE(big.retryable);
  CHECK(classify_unpack("eof before pack header", {}).kind == Kind::storage);
  CHECK(classify_unpack("index-pack abnormal exit",
                        remarks_of({"fatal: pack has 3 unresolved deltas"}))
            .kind == Kind::lacks_objects);
}

TEST_CASE("what ends a connection is retried when it can pass") {
  const Failure gone = failure_of_fatal("upload-pack: not our ref abc\n");
  CHECK(gone.passing);
  CHECK(gone.kind == Failure::Kind::unknown);
  CHECK_FALSE(failure_of_fatal("access denied or repository not exported").passing);
  CHECK(failure_of_fatal("a\x1b[2Jb").message == "the server says: a\\u001b[2Jb");
  const Failure key = failure_of_fatal("ERROR: Permission to o/r.git denied to deploy key");
  CHECK_THAT(key.message, ContainsSubstring("write access"));
  CHECK_FALSE(key.passing);
  const Failure account = failure_of_fatal("Permission to o/r.git denied to somebody.");
  CHECK_THAT(account.message, ContainsSubstring("give it write permission"));
  CHECK(told_error("ERR x"));
  CHECK_FALSE(told_error("ERRx"));
  CHECK_FALSE(told_error("x ERR y"));
  CHECK(failure_of_fatal(std::string(100'000, 'x')).message.size() < 600);
}

TEST_CASE("what a server says is kept within limits, and understood without them") {
  Remarks remarks;
  remarks.add("first");
  for (int at = 0; at < 100; ++at) remarks.add("noise");
  remarks.add("error: GH001: Large files detected.");
  for (int at = 0; at < 1'000; ++at) remarks.add("noise");
  remarks.add("last");
  CHECK(remarks.lines().size() == Remarks::kMost);
  CHECK(remarks.left_out() == 903);
  CHECK(remarks.lines().front() == "first");
  CHECK(remarks.lines().back() == "last");
  CHECK(classify("pre-receive hook declined", remarks).kind == Kind::large_file);
}
