// Pages of HTML: text on its way into them, what they have in common, and what their browser may
// do.
#pragma once

#include <string>
#include <string_view>

namespace stagegate::html {

// Fit for an element's content and for an attribute in double quotes. What could turn the text
// around or has no place in a page is shown as text::harmless() shows it.
std::string escaped(std::string_view text);

// The id of a stage's card, which links lead to.
std::string anchor_of(std::string_view stage);

// A tick, a cross, a question mark, a warning, broken glass: colour alone tells some readers
// nothing. Hidden from screen readers, which have the words beside it.
enum class Symbol { tick, cross, question, warning, glass };
std::string symbol(Symbol symbol);

// The style that all pages share, light and dark.
std::string_view base_style();

// The script that counts down what has a data-left, and brings the page's next state without
// leaving it (common/html/live.js says what the page has to have). Its policy needs connect-src
// 'self'.
std::string_view live_script();

// 128 bits that nobody can foresee, so that text which slipped into the page could not name them.
std::string fresh_nonce();

// The Content-Security-Policy of a page whose own style and script carry the nonce. Nothing else
// runs or is loaded; forms go nowhere unless `forms` says so ("'self'").
std::string page_policy(std::string_view nonce, std::string_view forms = "'none'");

}  // namespace stagegate::html
