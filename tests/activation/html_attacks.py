# ruff: noqa: E501 - corpora
"""Texts that try to become live HTML, in every place a person's value can stand in."""

ELEMENTS = [
    "<script>alert(1)</script>", "<ScRiPt src=//x.example></ScRiPt>", "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>", "<svg><animate onbegin=alert(1)>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", "<iframe src=javascript:alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<object data=javascript:alert(1)>", "<embed src=javascript:alert(1)>",
    "<body onload=alert(1)>", "<details open ontoggle=alert(1)>", "<video><source onerror=alert(1)>",
    "<audio src=x onerror=alert(1)>", "<input autofocus onfocus=alert(1)>", "<select autofocus onfocus=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>", "<keygen autofocus onfocus=alert(1)>", "<marquee onstart=alert(1)>",
    "<form action=javascript:alert(1)><input type=submit>", "<isindex action=javascript:alert(1)>",
    "<button formaction=javascript:alert(1)>x", "<base href=//x.example/>", "<meta http-equiv=refresh content='0;url=//x'>",
    "<link rel=stylesheet href=//x.example>", "<style>@import '//x.example'</style>", "<style>*{background:url(//x)}</style>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<template><script>alert(1)</script></template>",
    "<xss id=x tabindex=1 onactivate=alert(1)>", "<custom-tag onclick=alert(1)>", "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>", "<?xml version='1.0'?><x/>", "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc'>]>",
    "<a href=javascript:alert(1)>x</a>", "<a href='jAvAsCrIpT:alert(1)'>x</a>", "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>", "<a href='&#106;avascript:alert(1)'>x</a>", "<a href=' javascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>", "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>", "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='https://x.example' onmouseover=alert(1)>x</a>", "<a href='//x.example' style='position:fixed;inset:0'>x</a>",
    "<img src='javascript:alert(1)'>", "<img src='data:image/svg+xml,<svg onload=alert(1)>'>", "<img src='http://x.example/p'>",
    "<img src=x:x onerror\n=alert(1)>", "<img/src/onerror=alert(1)>", "<img src=\"x\"onerror=\"alert(1)\">",
    "<img srcset='x 1x' onerror=alert(1)>", "<img src=x onerror=alert`1`>", "<p style='background:url(javascript:alert(1))'>",
    "<p style='width:expression(alert(1))'>", "<p style='behavior:url(x.htc)'>", "<p style='-moz-binding:url(//x)'>",
    "<p style='background-image:url(//x.example/t)'>", "<p style='color:red;position:fixed'>", "<p onclick=alert(1)>x</p>",
    "<div style='background:\\75rl(//x)'>", "<table background='//x.example/t'><tr><td>", "<td background='//x'>",
    "<font color='expression(alert(1))'>", "<frameset onload=alert(1)>", "<frame src=javascript:alert(1)>",
    "<applet code=x>", "<bgsound src=javascript:alert(1)>", "<layer src=//x>", "<ilayer src=//x>", "<portal src=//x>",
    "<dialog open onclose=alert(1)>", "<plaintext>", "<xmp><script>alert(1)</script></xmp>", "<title></title><script>1</script>",
    "<svg/onload=alert(1)>", "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<svg><foreignObject><iframe src=javascript:alert(1)></iframe></foreignObject></svg>", "<svg><use href='data:x#y'/></svg>",
    "<mathml href=javascript:alert(1)>x", "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x",
]  # fmt: skip
BREAKOUTS = [
    '"><script>alert(1)</script>', "'><script>alert(1)</script>", '" onmouseover="alert(1)', "' onmouseover='alert(1)",
    '" style="position:fixed" x="', "--><script>alert(1)</script>", "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>", "</p></td></tr></table><script>alert(1)</script>", "</body></html><script>1</script>",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,<script>1</script>",
    "[x](javascript:alert(1))", "[x](https://evil.example)", "**<b>x</b>**", "# <img src=x onerror=alert(1)>",
    "- <svg onload=alert(1)>", "https://evil.example/\"onmouseover=alert(1)//", "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)&#60;/script&#62;", "%3Cscript%3Ealert(1)%3C/script%3E",
    "\ue000<script>\ue001", "\ufeff<script>alert(1)</script>", "\x00<script>alert(1)</script>", "＜script＞alert(1)＜/script＞",
    "{{ '<script>' }}", "{% raw %}<script>{% endraw %}", "\r\nBcc: all@evil.example\r\n\r\n<script>alert(1)</script>",
    "\u2028<script>alert(1)</script>", "a\u202egpj.<script>",
]  # fmt: skip
ATTACKS = ELEMENTS + BREAKOUTS
HEADERS = [
    "Ann\r\nBcc: all@evil.example", "Ann\nBcc: x@y", "Ann\rBcc: x@y", "Ann%0d%0aBcc: x", "Ann\x0bBcc: x", "Ann\x0cBcc: x",
    "Ann\u2028Bcc: x", "Ann\u2029Bcc: x", "Ann\x85Bcc: x", "Ann\x00Bcc: x", "Ann\x1cBcc: x", "Ann\x1dBcc: x", "Ann\x1eBcc: x",
    "Ann\r\n\r\n<html>", "=?utf-8?q?=0D=0ABcc:_x?=", "Ann\t\r\n Bcc: x", "a" * 5000, "\u202eBcc",
]  # fmt: skip
