#include "plugins/argocd-sync/git/writing.hpp"

#include <algorithm>

#include "common/http/retry.hpp"
#include "common/log/log.hpp"
#include "common/text/text.hpp"
#include "common/text/yaml_edit.hpp"

namespace stagegate::argocd::git {

using text::cat;

namespace {

constexpr int kMostTries = 5;
constexpr milliseconds kLongestPause{120'000};  // that a server may ask for

std::string short_sha(std::string_view sha) {
  return std::string(sha.substr(0, 12));
}

}  // namespace

std::string Writing::Work::old_tag() const {
  std::vector<std::string> values = first;
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return text::join(values, ", ");
}

Result<> Writing::run(const std::vector<std::string>& apps) {
  if (auto gathered = gather(apps); !gathered) return gathered;
  for (Work& work : works_) {
    if (auto looked = look(work); !looked) return looked;
  }
  for (auto batch = next_batch(); !batch.empty(); batch = next_batch()) {
    if (auto written = write(batch); !written) return forward(with_done(written.error()));
  }
  return {};
}

std::vector<Written> Writing::results(const std::vector<std::string>& apps) const {
  std::vector<Written> all;
  for (const std::string& app : apps) {
    const auto work = std::find_if(works_.begin(), works_.end(), [&](const Work& one) {
      return std::find(one.apps.begin(), one.apps.end(), app) != one.apps.end();
    });
    all.push_back({app, work->file, work->commit, work->old_tag(), work->changed, words(*work)});
  }
  return all;
}

Result<> Writing::gather(const std::vector<std::string>& apps) {
  for (const std::string& app : apps) {
    auto file = plan_.file_of(app);
    if (!file) return forward(file.error());
    auto work = std::find_if(works_.begin(), works_.end(),
                             [&](const Work& one) { return one.file == *file; });
    if (work == works_.end()) {
      works_.emplace_back();
      work = works_.end() - 1;
      work->file = *file;
    }
    work->apps.push_back(app);
  }
  return {};
}

Result<> Writing::look(Work& work) {
  auto file = hosting_.read(work.file, {});
  if (!file) return forward(file.error());
  if (!*file) return forward(hosting_.why_absent(work.file));
  work.seen = **std::move(file);
  work.bytes = work.seen.bytes;
  std::vector<std::string> values;
  for (const text::YamlPath& key : plan_.keys) {
    auto edit = text::edit_yaml_scalar(work.bytes, {key}, tag_);
    if (!edit) {
      return fail(edit.error().kind,
                  cat(work.file, " of ", hosting_.name(), ": ", edit.error().message));
    }
    work.bytes = std::move(edit->text);
    values.push_back(std::move(edit->old_value));
  }
  if (work.first.empty()) work.first = values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != work.first[i] && values[i] != tag_) return superseded(work, i, values[i]);
  }
  work.pending = work.bytes != work.seen.bytes;
  if (!work.pending) find_commit(work);
  return {};
}

void Writing::find_commit(Work& work) {
  const auto commits = hosting_.last_commits(work.file);
  if (!commits) {
    log::warning(cat(work.file, " holds ", tag_, ", but: ", commits.error().message));
    work.changed = !sent_.empty();
    return;
  }
  const auto ours = std::find_if(commits->begin(), commits->end(), [this](const Commit& commit) {
    return std::find(sent_.begin(), sent_.end(), text::trim(commit.message)) != sent_.end();
  });
  // Somebody may have changed something else of the file since. Without a run's name in it a
  // message may be that of another day.
  const bool sure = ours == commits->begin() || !plan_.author.run.empty();
  work.changed = ours != commits->end() && sure;
  if (work.changed) {
    work.commit = ours->sha;
  } else if (!commits->empty()) {
    work.commit = commits->front().sha;
  }
}

Result<> Writing::superseded(const Work& work, std::size_t key, const std::string& value) {
  std::string words = cat(work.file, " of ", hosting_.name(), ": ", plan_.keys[key].text(), " was ",
                          text::quoted(work.first[key]), " and should be ", text::quoted(tag_),
                          ", but somebody has set it to ", text::quoted(value), " meanwhile: ");
  const auto commits = hosting_.last_commits(work.file);
  if (!commits || commits->empty()) {
    return fail(Failure::Kind::conflict, words + "superseded");
  }
  const Commit& last = commits->front();
  const std::string_view message = text::trim(last.message);
  words +=
      cat("superseded by ", short_sha(last.sha), ' ',
          text::quoted(message.substr(0, message.find('\n'))), " of ", text::quoted(last.author));
  return fail(Failure::Kind::conflict, std::move(words));
}

Writing::Batch Writing::next_batch() {
  Batch batch;
  for (Work& work : works_) {
    if (work.pending && (batch.empty() || hosting_.writes_together())) batch.push_back(&work);
  }
  return batch;
}

Order Writing::order_for(const Batch& batch) const {
  Order order;
  Deed deed;
  deed.tag = tag_;
  for (const Work* work : batch) {
    order.changes.push_back({work->file, work->seen.blob, work->bytes});
    deed.apps.insert(deed.apps.end(), work->apps.begin(), work->apps.end());
    deed.files.push_back(work->file);
    deed.old_tags.push_back(work->old_tag());
  }
  order.message = commit_message(plan_.message, plan_.author, deed);
  order.author_name = plan_.author_name;
  order.author_email = plan_.author_email;
  return order;
}

Result<> Writing::write(const Batch& batch) {
  const Order order = order_for(batch);
  sent_.emplace_back(text::trim(order.message));
  const auto commit = hosting_.write(order);
  if (!commit) return after(commit.error(), batch);
  for (Work* work : batch) {
    work->commit = *commit;
    work->pending = false;
    work->changed = true;
  }
  return {};
}

Result<> Writing::after(const NotWritten& trouble, const Batch& batch) {
  using Why = NotWritten::Why;
  if (trouble.why == Why::refused) return forward(trouble.failure);
  ++failed_;
  log::info(cat(trouble.failure.message, ": looking at the file again"));
  // What is not there does not come by waiting.
  const auto in_time = trouble.why == Why::absent ? Result<bool>(true) : pause(trouble);
  if (!in_time) return forward(in_time.error());
  std::vector<std::string> blobs;
  for (const Work* work : batch) blobs.push_back(work->seen.blob);
  if (auto looked = look_again(trouble, batch); !looked) return looked;

  bool pending = false;
  bool same = true;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    pending = pending || batch[i]->pending;
    same = same && batch[i]->seen.blob == blobs[i];
  }
  if (!pending) return {};
  // All of it is there, but not for the one who wants to write it.
  if (same && trouble.why == Why::absent) return forward(trouble.failure);
  if (trouble.pause > kLongestPause) return forward(trouble.failure);
  if (!*in_time) {
    return fail(Failure::Kind::deadline,
                cat("no time is left for another try: ", trouble.failure.message));
  }
  if (failed_ < kMostTries) return {};
  Failure failure = trouble.failure;
  failure.message = cat("gave up after ", kMostTries, " tries: ", failure.message);
  return forward(std::move(failure));
}

Result<> Writing::look_again(const NotWritten& trouble, const Batch& batch) {
  for (Work* work : batch) {
    auto looked = look(*work);
    while (!looked && looked.error().passing && failed_ < kMostTries) {
      ++failed_;
      const auto in_time = pause({NotWritten::Why::uncertain, looked.error()});
      if (!in_time) return forward(in_time.error());
      if (!*in_time) break;
      looked = look(*work);
    }
    if (looked) continue;
    Failure failure = looked.error();
    if (trouble.why == NotWritten::Why::uncertain && failure.kind != Failure::Kind::conflict) {
      failure.message += cat(
          " (and whether the tag was written before is not known: ", trouble.failure.message, ')');
    }
    return forward(std::move(failure));
  }
  return {};
}

Result<bool> Writing::pause(const NotWritten& trouble) {
  const http::RetryPolicy policy{.attempts = kMostTries + 1,
                                 .base = milliseconds(400),
                                 .longest = milliseconds(5'000),
                                 .longest_retry_after = kLongestPause};
  http::Outcome outcome;
  outcome.fault = http::Fault::cut_off;
  outcome.retry_after = trouble.pause;
  std::optional<milliseconds> left;
  if (deadline_) left = *deadline_ - clock_.uptime();
  const auto length = http::decide_retry(policy, failed_, outcome, left, dice_(random_));
  if (!length) return false;
  if (time::pause(clock_, *length)) return true;
  return unknown(
      cat("interrupted before it was known whether the tag is written: ", trouble.failure.message));
}

Failure Writing::with_done(Failure failure) const {
  std::vector<std::string> done;
  for (const Work& work : works_) {
    if (work.changed) done.push_back(cat(work.file, " (", short_sha(work.commit), ')'));
  }
  if (!done.empty()) failure.message += cat("; written before: ", text::join(done, ", "));
  return failure;
}

std::string Writing::words(const Work& work) const {
  const std::string commit =
      work.commit.empty() ? std::string() : cat(" (", short_sha(work.commit), ')');
  if (!work.changed) return cat(work.file, " holds ", tag_, " already", commit);
  return cat(work.file, ": ", work.old_tag(), " -> ", tag_, commit);
}

}  // namespace stagegate::argocd::git
