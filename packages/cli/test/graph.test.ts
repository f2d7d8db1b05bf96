import { parseSpec } from '@perdure/spec-parser'
import { describe, expect, it } from 'vitest'
import { diagramOf } from '../src/graph/diagram.ts'
import { runCli } from './helpers/run-cli.ts'
import { broken, lamp } from './helpers/specs.ts'
import { makeWorkspace, readText } from './helpers/workspace.ts'

const specOf = (text: string) => {
  const { spec, issues } = parseSpec(text)
  if (spec === undefined) throw new Error(JSON.stringify(issues))
  return spec
}

describe('graph', () => {
  it('prints Mermaid by default, and SVG for a file that ends so', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp })
    const mermaid = await runCli(['graph', 'lamp.ioa.toml'], { cwd })
    expect(mermaid.exitCode).toBe(0)
    expect(mermaid.stdout).toMatch(/^stateDiagram-v2\n {2}\[\*\] --> Off\n/)
    expect(await runCli(['graph', 'lamp.ioa.toml', '-o', 'out/lamp.svg'], { cwd })).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'wrote the graph of Lamp to out/lamp.svg\n',
    })
    const picture = await runCli(['graph', 'lamp.ioa.toml', '-o', 'lamp.png'], { cwd })
    expect(picture).toMatchObject({ exitCode: 2, stdout: '' })
    expect(picture.stderr).toContain('error usage: there are no graphs in .png files\n')
    const svg = await readText(cwd, 'out/lamp.svg')
    expect((await runCli(['graph', 'lamp.ioa.toml', '-f', 'svg'], { cwd })).stdout).toBe(svg)
    await runCli(['graph', 'lamp.ioa.toml', '-f', 'mermaid', '-o', 'lamp.svg'], { cwd })
    expect(await readText(cwd, 'lamp.svg')).toBe(mermaid.stdout)
  })

  it('draws every status once, the initial one tinted and led to by a dot, terminal ones with two borders', async () => {
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp })
    const { stdout } = await runCli(['graph', 'lamp.ioa.toml', '-f', 'svg'], { cwd })
    expect(stdout).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d+" height="\d+"/)
    expect(stdout.match(/class="start"/g)).toHaveLength(1)
    expect(groupOf(stdout, 'Off')).toMatch(/^<g class="state initial"><rect [^>]*\/><text/)
    expect(groupOf(stdout, 'On')).toMatch(/^<g class="state"><rect [^>]*\/><text/)
    expect(groupOf(stdout, 'Broken')).toMatch(/^<g class="state terminal"><rect [^>]*\/><rect [^>]*\/><text/)
  })

  it('labels arrows with action and guard, the whole of it in a tooltip', async () => {
    const guard = "switched > 0 && switched < 1000 && status != 'Broken' && params.cause != null"
    const cwd = await makeWorkspace({
      'lamp.ioa.toml': lamp.replace('"switched > 0"\nparams', `"${guard}"\nparams`),
    })
    const { stdout } = await runCli(['graph', 'lamp.ioa.toml', '-f', 'svg'], { cwd })
    expect(stdout).toContain('>Break <tspan class="guard">[switched &gt; 0 &amp;&amp; switched &lt; 1000 ')
    expect(stdout).toContain('params.cause != null]</title>')
  })

  it('is well-formed XML whatever the statuses are called', async () => {
    const odd = String.raw`<b>&\"\u0001'\uFFFF`
    const cwd = await makeWorkspace({ 'lamp.ioa.toml': lamp.replaceAll('"On"', `"${odd}"`) })
    const { exitCode, stdout } = await runCli(['graph', 'lamp.ioa.toml', '-f', 'svg'], { cwd })
    expect(exitCode).toBe(0)
    expect(stdout).toContain("&lt;b&gt;&amp;&quot;\uFFFD'\uFFFD</text>")
    expect(stdout).not.toMatch(/[\0-\u0008\u000B\u000C\u000E-\u001F]/)
    expectBalanced(stdout)
  })

  it('ends with 1 on a spec with errors, and with 2 on more than one spec', async () => {
    const cwd = await makeWorkspace({
      'a/lamp.ioa.toml': broken,
      'b/x.ioa.toml': lamp,
      'b/y.ioa.toml': lamp.replace('Lamp', 'Y'),
    })
    expect((await runCli(['graph', 'a/lamp.ioa.toml'], { cwd })).exitCode).toBe(1)
    expect((await runCli(['graph', 'b'], { cwd })).exitCode).toBe(2)
  })
})

describe('a diagram', () => {
  it('joins the rules between the same two statuses in one arrow', () => {
    const twice = `${lamp}\n[[action]]\nname = "Flash"\nfrom = ["Off"]\nto = "On"\n`
    const { edges } = diagramOf(specOf(twice))
    const arrow = edges.find(({ from, to }) => from.endsWith('Off') && to.endsWith('On'))
    expect(arrow?.labels).toEqual([{ action: 'Switch' }, { action: 'Flash' }])
  })

  it('lets one box stand for every status that a rule without from may leave', () => {
    const anywhere = `${lamp}\n[[action]]\nname = "Note"\n[[action]]\nname = "Drop"\nto = "Broken"\n`
    const { nodes, edges } = diagramOf(specOf(anywhere))
    expect(nodes.filter(({ kind }) => kind === 'any')).toHaveLength(1)
    expect(edges.filter(({ from }) => from === 'any').map(({ to }) => to)).toEqual(['any', 'state Broken'])
    expect(diagramOf(specOf(lamp)).nodes.some(({ kind }) => kind === 'any')).toBe(false)
  })

  it('leaves out what is only a notification', () => {
    const notified = `${lamp}\n[[action]]\nname = "Glows"\nkind = "output"\nfrom = ["On"]\n`
    expect(JSON.stringify(diagramOf(specOf(notified)))).not.toContain('Glows')
  })
})

function groupOf(svg: string, state: string): string {
  return new RegExp(`<g class="state[^<]*(?:<rect[^>]*>)+<text[^>]*>${state}</text></g>`).exec(svg)?.[0] ?? ''
}

/** Every element that opens is closed, in order. */
function expectBalanced(xml: string): void {
  const open: string[] = []
  for (const [, closing, name, selfClosing] of xml.matchAll(/<(\/?)([\w]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (closing === '/') expect(open.pop()).toBe(name)
    else if (selfClosing !== '/') open.push(name ?? '')
  }
  expect(open).toEqual([])
}
