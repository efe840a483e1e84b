// Hide what is secret in a pasted text: tokens, passwords in addresses, credentials in headers and variables.
"use strict";
{
  const HIDDEN = "•••";
  // A value that names another place, is hidden already or is a pattern of stars is no secret.
  const harmless = (value) => /^(?:\$|%\w+%|\*+$|•+$)/.test(value);
  const hide = (found, before, value) => (harmless(value) ? found : before + HIDDEN);
  const RULES = [
    // https://user:password@host, and a token in the place of the user
    /(\w:\/\/[^\s/:@"']*:)([^\s/"']+)(?=@)/g,
    /(\w:\/\/)([^\s/:@"']{20,})(?=@)/g,
    // Authorization: Basic …, "authorization": "Bearer …"
    /(\bauthorization\b["']?[ \t]*[:=][ \t]*["']?(?:(?:basic|bearer|token)[ \t]+)?)([^\s"']+)/gi,
    /(\b(?:[Bb]asic|[Bb]earer|BASIC|BEARER)[ \t]+)(?!realm=|authorization_uri=)((?=[^\s"',]*(?:\d|[a-z][A-Z]|=))[\w+/.~=-]{8,})/g,
    // NAME_PASSWORD=…, SOME_TOKEN: …, password = …, "password": "…", --password …
    /(\b\w*(?:PASSWORD|TOKEN|SECRET|PASSWD|_PAT|API_?KEY)["']?[ \t]*[:=][ \t]*["']?)([^\s"';]+)/g,
    /(\b\w*(?:password|token|secret)[ \t]*=[ \t]*["']?)([^\s"';&]+)/gi,
    /(["'](?:password|token|secret)["'][ \t]*:[ \t]*["'])([^"'\n]+)/gi,
    /(--(?:password|token)(?:[ \t]+|=)["']?)([^\s"']+)/gi,
    // JSON web tokens; tokens of 52 and of 84 characters, also when a line's end cuts them. A digest is hexadecimal.
    /()(\beyJ[\w-]{10,}(?:\.[\w-]*)*)/g,
    /()(\b(?![0-9a-f]+\b)(?=[A-Za-z]*\d|[A-Za-z]*[A-Z]|[a-z]{52}\b)[A-Za-z0-9]{40,}\b)/g,
  ];

  /** Return the text without its secrets; a text without any comes back as it is. */
  const mask = (text) => RULES.reduce((now, rule) => now.replace(rule, hide), text);

  /** Hide the secrets in a field, the caret stays where it was; return whether any is hidden there now. */
  globalThis.handbookHide = (field) => {
    const text = mask(field.value);
    if (text !== field.value) {
      const caret = mask(field.value.slice(0, field.selectionStart)).length;
      field.value = text;
      field.setSelectionRange(caret, caret);
    }
    return text.includes(HIDDEN);
  };
  globalThis.handbookMask = mask;
}
