//! What a web page says of itself.

/// Titles are cut here.
const LONGEST: usize = 80;

/// A page's title: on one line, at most 80 characters.
pub(super) fn title(body: &[u8]) -> Option<String> {
    let html = String::from_utf8_lossy(body);
    let lower = html.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower.get(open..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    let text = html.get(start..end)?.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&middot;"]
        .iter()
        .zip(["&", "<", ">", "\"", "'", "·"])
        .fold(text, |text, (entity, character)| text.replace(entity, character));
    let cut: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    (!cut.is_empty()).then_some(cut)
}

/// True for a page that asks who one is: it has a field for a password, or its title or path says so.
pub(super) fn is_login(path: &str, body: &[u8]) -> bool {
    const WORDS: [&str; 6] = ["log in", "login", "log on", "sign in", "signin", "authenticate"];
    const SEGMENTS: [&str; 12] = [
        "login",
        "log-in",
        "log_in",
        "signin",
        "sign-in",
        "sign_in",
        "auth",
        "authorize",
        "oauth",
        "oauth2",
        "sso",
        "saml",
    ];
    let html = String::from_utf8_lossy(body).to_ascii_lowercase();
    let has_field =
        ["\"password\"", "'password'", "password"].iter().any(|kind| html.contains(&format!("type={kind}")));
    let title = title(body).unwrap_or_default().to_ascii_lowercase();
    let path = path.to_ascii_lowercase();
    let segments = || path.split('/').map(|segment| segment.split('.').next().unwrap_or_default());
    has_field || WORDS.iter().any(|word| title.contains(word)) || segments().any(|one| SEGMENTS.contains(&one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        let title = |html: &str| title(html.as_bytes());
        assert_eq!(title("<HTML><Title lang=en>\n Sign in\t&middot; Hub </TITLE>").as_deref(), Some("Sign in · Hub"));
        assert_eq!(title("<title>x\u{1b}[2J</title>").as_deref(), Some("x[2J"));
        assert_eq!(title(&format!("<title>{}</title>", "é".repeat(200))).map(|title| title.chars().count()), Some(80));
        for none in ["", "<title>", "<title></title>", "<title>x", "title>x</title>", "<titleİ>x"] {
            assert_eq!(title(none), None, "{none}");
        }
    }

    #[test]
    fn pages_to_log_in() {
        let is = |path: &str, html: &str| is_login(path, html.as_bytes());
        assert!(is("/hub/login", "") && is("/oauth2/start", "") && is("/login.php", ""));
        assert!(is("/", "<title>Sign in</title>") && is("/", "<input name=p type=password>"));
        assert!(is("/", "<input TYPE='password'>"));
        assert!(!is("/author/index.html", "<title>Blog</title>") && !is("/app/", "<title>trame</title>"));
    }
}
