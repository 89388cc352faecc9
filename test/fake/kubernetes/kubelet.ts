import type { Clock } from "./clock.ts"
import { type Casting, lifeOf, type Role, type Step, waitingContainer } from "./container-life.ts"
import type { Pace } from "./pace.ts"
import { type Play, type Plays, playOf } from "./play.ts"
import type { Container, ContainerStatus, Pod } from "./pod.ts"
import { podStatus, unschedulableStatus } from "./pod-status.ts"
import type { Recorder } from "./recorder.ts"
import { type Change, placeOf, type Store } from "./store.ts"

/** What the kubelet works with. The plays are looked up when a pod starts. */
export interface Machine {
  readonly store: Store
  readonly clock: Clock
  readonly pace: Pace
  readonly recorder: Recorder
  readonly plays: () => Plays
  readonly nodes: readonly string[]
}

interface Run {
  readonly init: readonly ContainerStatus[]
  readonly main: readonly ContainerStatus[]
  /** Which one of the plays that are for some pods of a workload it has. */
  readonly slot: string | null
}

/** Scheduler and kubelet of all nodes: brings the pods through what the plays of their images say. */
export class Kubelet {
  readonly #machine: Machine
  readonly #runs = new Map<string, Run>()
  #placed = 0

  constructor(machine: Machine) {
    this.#machine = machine
    machine.store.subscribe((change) => this.#see(change))
  }

  #see({ resource, type, object, before }: Change): void {
    if (resource !== "pods") return
    const { uid, deletionTimestamp } = object.metadata
    if (type === "DELETED") this.#runs.delete(uid)
    else if (type === "ADDED") this.#after(0.1, object as Pod, (pod) => this.#schedule(pod))
    else if (deletionTimestamp !== undefined && before?.metadata.deletionTimestamp === undefined) {
      this.#runs.delete(uid)
      this.#stop(object as Pod)
    }
  }

  #after(share: number, { metadata }: Pod, work: (pod: Pod) => void): void {
    this.#machine.clock.after(share * this.#machine.pace.podStartMs, () => {
      const pod = this.#find(metadata)
      if (pod !== null && pod.metadata.deletionTimestamp === undefined) work(pod)
    })
  }

  #find({ name, namespace = "", uid }: Pod["metadata"]): Pod | null {
    const pod = this.#machine.store.get({ resource: "pods", namespace, name })
    return pod?.metadata.uid === uid ? pod : null
  }

  #schedule(pod: Pod): void {
    const { store, clock, nodes, recorder } = this.#machine
    if (pod.spec.containers.some(({ image }) => this.#play(image).do === "unschedulable")) {
      const message = `0/${nodes.length} nodes are available: ${nodes.length} Insufficient cpu.`
      store.replace("pods", { ...pod, status: unschedulableStatus(pod, message, clock.now()) })
      recorder.record(pod, "default-scheduler", { type: "Warning", reason: "FailedScheduling", message })
      return
    }
    const nodeName = pod.spec.nodeName ?? nodes[this.#placed++ % nodes.length] ?? ""
    const init = pod.spec.initContainers ?? []
    const run: Run = {
      init: init.map((one) => waitingContainer(one, "PodInitializing")),
      main: pod.spec.containers.map((one) =>
        waitingContainer(one, init.length === 0 ? "ContainerCreating" : "PodInitializing"),
      ),
      slot: this.#slotOf(pod),
    }
    this.#runs.set(pod.metadata.uid, run)
    this.#write({ ...pod, spec: { ...pod.spec, nodeName } }, run)
    this.#startInit(pod, 0)
  }

  #startInit(pod: Pod, index: number): void {
    const container = pod.spec.initContainers?.[index]
    if (container === undefined) this.#startMain(pod)
    else this.#live(pod, "init", container, () => this.#startInit(pod, index + 1))
  }

  #startMain(pod: Pod): void {
    const isJob = pod.metadata.ownerReferences?.some(({ kind }) => kind === "Job") === true
    for (const container of pod.spec.containers) this.#live(pod, isJob ? "task" : "main", container, () => {})
  }

  #live(pod: Pod, role: Role, container: Container, done: () => void): void {
    const play = this.#castAs(this.#play(container.image), pod)
    const { pace } = this.#machine
    const restartPolicy = pod.spec.restartPolicy ?? "Always"
    const life = lifeOf({ role, play, container, pace, restartPolicy } satisfies Casting)
    const next = () => {
      const step = life.next()
      if (step.done === true) return
      this.#machine.clock.after(step.value.afterMs, () => {
        if (!this.#take(pod, role, container, step.value)) return
        if (this.#hasCompleted(pod, role, container)) done()
        else next()
      })
    }
    next()
  }

  #take({ metadata }: Pod, role: Role, { name }: Container, step: Step): boolean {
    const pod = this.#find(metadata)
    const run = this.#runs.get(metadata.uid)
    if (pod === null || run === undefined || pod.metadata.deletionTimestamp !== undefined) return false
    const list = role === "init" ? "init" : "main"
    const now = this.#machine.clock.now()
    const statuses = run[list].map((status) => (status.name === name ? step.next(status, now) : status))
    const changed = { ...run, [list]: statuses }
    this.#runs.set(metadata.uid, changed)
    const fieldPath = `spec.${role === "init" ? "initContainers" : "containers"}{${name}}`
    for (const happening of step.happenings ?? []) {
      this.#machine.recorder.record(pod, "kubelet", happening, fieldPath)
    }
    this.#write(pod, changed)
    return true
  }

  #hasCompleted({ metadata }: Pod, role: Role, { name }: Container): boolean {
    if (role !== "init") return false
    const status = this.#runs.get(metadata.uid)?.init.find((one) => one.name === name)
    return status?.state.terminated?.exitCode === 0
  }

  #write(pod: Pod, run: Run): void {
    const { store, clock } = this.#machine
    store.replace("pods", { ...pod, status: podStatus(pod, run, clock.now()) })
  }

  // A pod without a node has nothing to stop.
  #stop(pod: Pod): void {
    const { clock, pace, store } = this.#machine
    const stopMs = pod.spec.nodeName === undefined ? 0 : pace.podStopMs
    clock.after(stopMs, () => {
      if (this.#find(pod.metadata) !== null) store.remove(placeOf("pods", pod))
    })
  }

  #play(image: string | undefined): Play {
    return playOf(this.#machine.plays(), image)
  }

  #castAs(play: Play, { metadata }: Pod): Play {
    if (play.do !== "some-never-ready") return play
    return { ...play, do: this.#runs.get(metadata.uid)?.slot === null ? "ready" : "never-ready" }
  }

  #slotOf({ metadata, spec }: Pod): string | null {
    const owner = metadata.ownerReferences?.[0]?.uid ?? metadata.uid
    for (const { image } of spec.containers) {
      const play = this.#play(image)
      if (play.do !== "some-never-ready") continue
      const slot = `${owner} ${image}`
      const taken = [...this.#runs.values()].filter((run) => run.slot === slot).length
      if (taken < (play.count ?? 1)) return slot
    }
    return null
  }
}
