"""The leaderboard's site: static pages in English and Arabic that ask for nothing from elsewhere.

```
index.html, khabar.css, khabar.js, icon.svg, files.txt
en/ and ar/
  index.html                        the board; boards/<corpus version>.html for closed ones
  systems/<key>.html                a system: card, every figure, causes of its errors
  articles/<doc_id>.html            an article, gold over its text; articles/<doc_id>/<key>.html: a system beside it
  stories/<story>.html              who says what as of when; stories/<story>-wording.html: in whose words
```

Whatever a system or its card says is text here: templates escape, and a Content-Security-Policy allows no script or
style but the site's own.
"""
