//! The only way text becomes markup. Text is attacker-controlled: pod names, device names, log lines.
//!
//! For Discord, what could mention, link, colour or format is made harmless, in the fewest characters that do it,
//! because a push shows them. What is harmless stays as it is: `snake_case` and `a < b` need no escape.

/// Text as Discord content: no mention, link, emoji, time stamp or formatting is live in it.
pub(super) fn discord(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut safe = String::with_capacity(text.len() + 8);
    for (at, char) in chars.iter().enumerate() {
        push(&mut safe, &chars, at, *char);
    }
    safe
}

fn push(safe: &mut String, chars: &[char], at: usize, char: char) {
    let next = chars.get(at + 1).copied();
    let before = at.checked_sub(1).and_then(|at| chars.get(at)).copied();
    let inside_word = before.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric);
    match char {
        '\\' | '*' | '`' => safe.extend(['\\', char]),
        '_' if !inside_word => safe.extend(['\\', '_']),
        '~' | '|' if before == Some(char) || next == Some(char) => safe.extend(['\\', char]),
        '#' | '-' | '>' | '+' if at == 0 => safe.extend(['\\', char]),
        ']' if next == Some('(') => safe.push_str("\\]"),
        '<' if next.is_some_and(|next| !next.is_whitespace() && !next.is_ascii_digit() && next != '=') => {
            safe.push('‹')
        }
        '@' if names_all(&chars[at + 1..]) => safe.push('＠'),
        ':' if chars[at + 1..].starts_with(&['/', '/']) => safe.push_str("[:]"),
        ':' if is_emoji(&chars[at + 1..]) => safe.push_str("\\:"),
        '.' if invites(&chars[..at], &chars[at + 1..]) => safe.push_str("[.]"),
        _ => safe.push(char),
    }
}

/// `@everyone` and `@here`.
fn names_all(rest: &[char]) -> bool {
    ["everyone", "here"].iter().any(|word| {
        word.chars()
            .enumerate()
            .all(|(at, wanted)| rest.get(at).is_some_and(|char| char.to_ascii_lowercase() == wanted))
    })
}

/// `:smile:`, but not the minutes of `14:02:05`.
fn is_emoji(rest: &[char]) -> bool {
    let name: Vec<char> =
        rest.iter().copied().take_while(|char| char.is_ascii_alphanumeric() || "_+-~".contains(*char)).collect();
    let named = name.len() > 2 || name.iter().any(|char| !char.is_ascii_digit());
    !name.is_empty() && named && rest.get(name.len()) == Some(&':')
}

/// `discord.gg/…` and its like become invitations even without a scheme.
fn invites(before: &[char], after: &[char]) -> bool {
    let starts = |word: &str| {
        word.chars()
            .enumerate()
            .all(|(at, wanted)| after.get(at).is_some_and(|char| char.to_ascii_lowercase() == wanted))
    };
    let host: String = before.iter().rev().take(7).rev().map(char::to_ascii_lowercase).collect();
    (host == "discord" || host.ends_with("cordapp"))
        && ["gg/", "com/", "gift/", "new/", "me/"].iter().any(|end| starts(end))
}

/// The same for sentences of a rule, whose commands stand in code spans to be copied.
pub(super) fn discord_with_code(text: &str) -> String {
    let mut parts = text.split('`').peekable();
    let mut safe = discord(parts.next().unwrap_or_default());
    while let Some(part) = parts.next() {
        match parts.next() {
            Some(after) if !part.trim().is_empty() => {
                safe.push_str(&format!("`{}`{}", code(part), middle(after)));
            }
            Some(after) => safe.push_str(&format!("\\`{}\\`{}", middle(part), middle(after))),
            None => safe.push_str(&format!("\\`{}", middle(part))),
        }
    }
    safe
}

/// Text that does not begin a line: what is only special there needs no escape.
fn middle(text: &str) -> String {
    let escaped = discord(text);
    let special = text.starts_with(['#', '-', '>', '+']);
    escaped.strip_prefix('\\').filter(|_| special).map_or(escaped.clone(), str::to_owned)
}

/// Within a code span nothing is formatted; mentions are broken all the same.
fn code(text: &str) -> String {
    let broken = text.replace("<@", "‹@").replace("<#", "‹#");
    let chars: Vec<char> = broken.chars().collect();
    let whole = |(at, char): (usize, &char)| if *char == '@' && names_all(&chars[at + 1..]) { '＠' } else { *char };
    chars.iter().enumerate().map(whole).collect()
}

/// Text within HTML, in elements and in quoted attributes.
pub(super) fn html(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(char),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_live_on_discord() {
        for (hostile, harmless) in [
            ("@everyone and @HERE", "＠everyone and ＠HERE"),
            (
                "<@123> <@&45> <#6> <:x:7> <a:x:8> <t:9:R> </run:1>",
                "‹@123> ‹@&45> ‹#6> ‹\\:x:7> ‹a\\:x:8> ‹t:9:R> ‹/run:1>",
            ),
            ("[click](https://evil.example)", "[click\\](https[:]//evil.example)"),
            ("**b** _i_ __u__ ~~s~~ `c` ||p||", r"\*\*b\*\* \_i\_ \_\_u\_\_ \~\~s\~\~ \`c\` \|\|p\|\|"),
            ("# big", "\\# big"),
            (":smile: :100:", "\\:smile: \\:100:"),
            (
                "discord.gg/abc Discord.com/invite/x discordapp.com/invite/y",
                "discord[.]gg/abc Discord[.]com/invite/x discordapp[.]com/invite/y",
            ),
            ("\\<@1>", "\\\\‹@1>"),
        ] {
            assert_eq!(discord(hostile), harmless);
        }
    }

    #[test]
    fn what_is_harmless_stays() {
        for text in ["odin: pool tank_0 at 14:02:05, 3 < 5 <= 7, ~5 min, a|b, x#1, user@example.com, [sda]", "größe 鯨"]
        {
            assert_eq!(discord(text), text);
        }
    }

    #[test]
    fn commands_can_be_copied() {
        assert_eq!(
            discord_with_code("Run `zpool replace tank <old> *` *now*, not `@everyone <@1>`"),
            r"Run `zpool replace tank <old> *` \*now\*, not `＠everyone ‹@1>`"
        );
        assert_eq!(discord_with_code("open `quote"), "open \\`quote");
        assert_eq!(discord_with_code("``x``"), "\\`\\`x\\`\\`");
    }

    #[test]
    fn html_is_closed() {
        assert_eq!(html(r#"<a href="x" b='y'>&"#), "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;");
    }
}
