// The filter of the reference, its copy buttons and the mark of the article in view.
// A module: it runs after the page is parsed.

const filter = document.getElementById('filter')
const articles = [...document.querySelectorAll('article')]
const nothing = document.querySelector('.nothing')
filter.closest('label').hidden = false

function apply() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean)
  let shown = 0
  for (const article of articles) {
    const fits = words.every((word) => article.dataset.text.includes(word))
    article.hidden = !fits
    document.querySelector(`nav li[data-for="${article.id}"]`).hidden = !fits
    if (fits) shown += 1
  }
  for (const group of document.querySelectorAll('[data-group]')) {
    group.hidden = ![...group.querySelectorAll('article, li[data-for]')].some((one) => !one.hidden)
  }
  nothing.hidden = shown > 0
}
filter.addEventListener('input', apply)
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== filter) {
    event.preventDefault()
    filter.focus()
  }
  if (event.key === 'Escape' && document.activeElement === filter) {
    filter.value = ''
    apply()
  }
})

for (const figure of document.querySelectorAll('figure')) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'copy'
  button.textContent = 'Copy'
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(figure.querySelector('code').textContent)
      button.textContent = 'Copied'
    } catch {
      button.textContent = 'Select and copy'
    }
    setTimeout(() => {
      button.textContent = 'Copy'
    }, 1500)
  })
  figure.append(button)
}

const links = new Map([...document.querySelectorAll('nav li a')].map((link) => [link.hash.slice(1), link]))
const watch = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) links.get(entry.target.id).classList.toggle('here', entry.isIntersecting)
  },
  { rootMargin: '-10% 0px -70% 0px' },
)
for (const article of articles) watch.observe(article)
