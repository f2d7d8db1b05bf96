import { expect, it } from 'vitest'
import { Owners } from '../src/ownership/owners.ts'

const order = (id: string) => ({ tenant: 'default', type: 'Order', id })

it('remembers no more owners than it may, and forgets those it learned of first', () => {
  const owners = new Owners(2)
  owners.reset(7)
  for (const id of ['a', 'b', 'a', 'c']) owners.learn(order(id), 7)
  expect(['a', 'b', 'c'].map((id) => owners.find(order(id)))).toEqual([7, undefined, 7])
  expect(owners.held).toBe(2)
})
