#include "common/audit/care/head_repair.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "common/audit/log/slot.hpp"
#include "common/audit/log/store.hpp"
#include "common/audit/record/record.hpp"
#include "common/audit/record/stub.hpp"
#include "common/audit/tree/checkpoint.hpp"
#include "common/fs/directory.hpp"
#include "common/fs/line_reader.hpp"

namespace stagegate::audit {
namespace {

bool is_there(const fs::Path& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

// Pushes the segment's lines. Empty when one of them is none, or the file is not there.
Result<std::optional<Slot>> last_of(const Layout& layout, std::uint64_t segment,
                                    Frontier& frontier) {
  const fs::Path path = layout.segment(segment);
  if (!is_there(path)) return std::nullopt;
  auto reader = fs::LineReader::open(path, kLongestLine);
  if (!reader) return forward(std::move(reader).error());
  std::optional<Slot> last;
  for (;;) {
    const auto line = reader->next();
    if (!line) return forward(line.error());
    if (!*line) break;
    if (!(*line)->ended || (*line)->too_long) return std::nullopt;
    last.emplace(Slot{std::string((*line)->text),
                      frontier.size(),
                      (*line)->start,
                      (*line)->end,
                      {},
                      stored_leaf((*line)->text)});
    frontier.push(last->leaf);
  }
  if (last) last->frontier = frontier;
  return last;
}

// The log as its lines alone have it, when there are as many as that and not one more.
Result<std::optional<Slot>> head_of_lines(const Layout& layout, std::uint64_t size) {
  Frontier frontier;
  std::optional<Slot> head;
  std::uint64_t segment = 0;
  for (; frontier.size() < size; ++segment) {
    auto last = last_of(layout, segment, frontier);
    if (!last || !*last) return last;
    if (frontier.size() != std::min(size, (segment + 1) << kSegmentBits)) return std::nullopt;
    head = std::move(*last);
  }
  if (is_there(layout.segment(segment))) return std::nullopt;
  return head;
}

Result<std::optional<Checkpoint>> checkpoint_there(const Layout& layout, const VerifyKey& key) {
  const auto bytes = fs::read_if_there(layout.checkpoint());
  if (!bytes) return forward(bytes.error());
  if (!*bytes) return std::nullopt;
  auto checkpoint = open_checkpoint(**bytes, key);
  if (!checkpoint || checkpoint->size == 0) return std::nullopt;
  return std::move(*checkpoint);
}

}  // namespace

Result<std::optional<std::uint64_t>> make_head_slot_again(const Layout& layout,
                                                          const SigningKey& key) {
  const auto checkpoint = checkpoint_there(layout, key.verify_key());
  if (!checkpoint) return forward(checkpoint.error());
  if (!*checkpoint) return std::nullopt;
  if (auto made = fs::make_directory(layout.tail(), kDirectoryMode); !made) {
    return forward(made.error());
  }
  const auto slots = slots_there(layout);
  if (!slots) return forward(slots.error());
  const std::uint64_t size = (*checkpoint)->size;
  // From newer ones the head can be found.
  if (!slots->empty() && slots->back() + 1 >= size) return std::nullopt;
  const auto head = head_of_lines(layout, size);
  if (!head) return forward(head.error());
  if (!*head || (*head)->frontier.root() != (*checkpoint)->root) return std::nullopt;
  const auto staged = Staged::write(layout.tail(), sign_slot(**head, key));
  if (!staged) return forward(staged.error());
  const auto linked = staged->link_to(layout.slot(size - 1));
  if (!linked) return forward(linked.error());
  if (auto synced = sync_names(layout.tail()); !synced) return forward(synced.error());
  return size - 1;
}

}  // namespace stagegate::audit
