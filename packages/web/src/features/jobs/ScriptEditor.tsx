import { history, historyKeymap, indentWithTab, standardKeymap } from '@codemirror/commands'
import { indentUnit, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import { shell } from '@codemirror/legacy-modes/mode/shell'
import { Compartment, EditorState, Prec, RangeSetBuilder } from '@codemirror/state'
import { Decoration, drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view'
import { classHighlighter } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import type { EditorProps } from './PlainEditor.tsx'

/** How long after Escape the key Tab leaves the editor, in milliseconds; what is typed meanwhile ends it. */
const tabLeaves = 10_000

type Props = EditorProps & {
  /** Lines that are not heeded, from 1. */
  ignored: number[]
  onSubmit: () => void
}

/** An editor for shell scripts. Tab indents; after Escape it goes on to what follows, so that nobody is caught in it. */
export function ScriptEditor({ label, value, describedBy, invalid, ignored, onChange, onSubmit }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const told = useRef(new Compartment())
  const marked = useRef(new Compartment())
  // What is called is always of the latest drawing.
  const calls = useRef({ onChange, onSubmit })
  calls.current = { onChange, onSubmit }

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; what changes is told to it below
  useEffect(() => {
    if (!place.current) return
    const keys = Prec.highest(
      keymap.of([
        { key: 'Mod-Enter', run: () => did(calls.current.onSubmit()) },
        { key: 'Escape', run: (editor) => did(editor.setTabFocusMode(tabLeaves)) },
      ]),
    )
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          keys,
          lineNumbers(),
          history(),
          drawSelection({ cursorBlinkRate: still() ? 0 : 1_200 }),
          indentUnit.of('  '),
          StreamLanguage.define(shell),
          syntaxHighlighting(classHighlighter),
          keymap.of([...standardKeymap, ...historyKeymap, indentWithTab]),
          EditorView.lineWrapping,
          told.current.of([]),
          marked.current.of([]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) calls.current.onChange(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    return () => made.destroy()
  }, [])

  useEffect(() => {
    view.current?.dispatch({
      effects: told.current.reconfigure(
        EditorView.contentAttributes.of({
          'aria-label': label,
          'aria-describedby': describedBy,
          ...(invalid && { 'aria-invalid': 'true' }),
          spellcheck: 'false',
          autocapitalize: 'off',
        }),
      ),
    })
  }, [label, describedBy, invalid])
  useEffect(() => {
    const editor = view.current
    if (!editor || editor.state.doc.toString() === value) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
  }, [value])
  const lines = ignored.join()
  useEffect(() => {
    const editor = view.current
    if (!editor) return
    const marks = new RangeSetBuilder<Decoration>()
    for (const line of lines === '' ? [] : lines.split(',').map(Number)) {
      if (line > editor.state.doc.lines) continue
      const { from } = editor.state.doc.line(line)
      marks.add(from, from, ignoredLine)
    }
    editor.dispatch({ effects: marked.current.reconfigure(EditorView.decorations.of(marks.finish())) })
  }, [lines])
  return <div ref={place} className="script-editor" data-invalid={invalid || undefined} />
}

const still = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches
/** A key that did something does nothing else. */
const did = (_done: void): boolean => true
const ignoredLine = Decoration.line({ class: 'ignored-line' })
