;; la s0, 1f
;; la s1, 2f
;; li a1, 50
;; 1: xor s2, s0, s1
;; addi a1, a1, -1
;; beqz a1, finish
;; jr s1
;; .balign 4
;; 2: addi a2, a2, 1
;; jr s0

;; Module 1
(func (;4;) (type 0) (param i32 i64 i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i32 i32 i32 i32 i32 i32 i32)
    (if  ;; label = @1
      (i32.lt_s
        (local.get $budget)
        (i32.const 2))
      (then
        (i64.store offset=768
          (local.get $hart)
          (local.get $pc))
        (return
          (local.get $budget))))
    (local.set $hart
      (i32.const 1048576))
    (block  ;; label = @1
      (block  ;; label = @2
        (block  ;; label = @3
          (local.set $x8
            (i64.load offset=64
              (local.get $hart)))
          (local.set $x9
            (i64.load offset=72
              (local.get $hart)))
          (local.set $x11
            (i64.load offset=88
              (local.get $hart)))
          (local.set $x12
            (i64.load offset=96
              (local.get $hart)))
          (local.set $x18
            (i64.load offset=144
              (local.get $hart)))
          (loop  ;; label = @4
            (i32.lt_s
              (local.get $budget)
              (i32.const 2))
            (local.set $exit
              (i32.const 65536))
            (br_if 1 (;@3;))
            (local.set $budget
              (i32.sub
                (local.get $budget)
                (i32.const 2)))
            (local.set $x12
              (i64.add
                (local.get $x12)
                (i64.const 1)))
            (local.set $13
              (i64.and
                (local.get $x8)
                (i64.const -2)))
            (loop  ;; label = @5
              (block  ;; label = @6
                (if  ;; label = @7
                  (i32.lt_s
                    (local.get $budget)
                    (i32.const 4))
                  (then
                    (i64.store offset=88
                      (local.get $hart)
                      (local.get $x11))
                    (i64.store offset=96
                      (local.get $hart)
                      (local.get $x12))
                    (i64.store offset=144
                      (local.get $hart)
                      (local.get $x18))
                    (i64.store offset=768
                      (local.get $hart)
                      (local.get $13))
                    (return
                      (local.get $budget))))
                (block  ;; label = @7
                  (block  ;; label = @8
                    (block  ;; label = @9
                      (local.set $11
                        (i32.wrap_i64
                          (i64.sub
                            (local.get $13)
                            (local.get $pc))))
                      (br_table 1 (;@8;) 2 (;@7;) 0 (;@9;) 2 (;@7;) 2 (;@7;)
                        (i32.and
                          (i32.add
                            (i32.shr_s
                              (local.get $11)
                              (i32.const 1))
                            (i32.shr_u
                              (local.get $11)
                              (i32.const 3)))
                          (i32.const 3))))
                    (br_if 1 (;@7;)
                      (i64.ne
                        (local.get $13)
                        (i64.add
                          (local.get $pc)
                          (i64.const -16))))
                    (br 2 (;@6;)))
                  (br_if 0 (;@7;)
                    (i64.ne
                      (local.get $13)
                      (i64.add
                        (local.get $pc)
                        (i64.const 0))))
                  (br 3 (;@4;)))
                (i64.store offset=88
                  (local.get $hart)
                  (local.get $x11))
                (i64.store offset=96
                  (local.get $hart)
                  (local.get $x12))
                (i64.store offset=144
                  (local.get $hart)
                  (local.get $x18))
                (return_call_indirect (type 0)
                  (local.get $hart)
                  (local.get $13)
                  (local.get $budget)
                  (local.get $depth)
                  (select
                    (i32.load offset=8
                      (local.tee $11
                        (i32.add
                          (i32.and
                            (i32.shl
                              (i32.xor
                                (local.tee $11
                                  (i32.wrap_i64
                                    (local.get $13)))
                                (i32.shr_u
                                  (local.get $11)
                                  (i32.const 12)))
                              (i32.const 3))
                            (i32.const 65520))
                          (i32.load offset=1332
                            (local.get $hart)))))
                    (i32.const 0)
                    (i32.and
                      (i64.eq
                        (i64.load
                          (local.get $11))
                        (i64.or
                          (local.get $13)
                          (i64.const 1)))
                      (i32.eq
                        (i32.load offset=12
                          (local.get $11))
                        (i32.load offset=1336
                          (local.get $hart)))))))
              (local.set $budget
                (i32.sub
                  (local.get $budget)
                  (i32.const 3)))
              (local.set $x18
                (i64.xor
                  (local.get $x8)
                  (local.get $x9)))
              (local.set $x11
                (i64.add
                  (local.get $x11)
                  (i64.const -1)))
              (i64.eqz
                (local.get $x11))
              (local.set $exit
                (i32.const 65544))
              (br_if 2 (;@3;))
              (local.set $budget
                (i32.sub
                  (local.get $budget)
                  (i32.const 1)))
              (local.set $13
                (i64.and
                  (local.get $x9)
                  (i64.const -2)))
              (br 0 (;@5;))))
          (unreachable))
        (i64.store offset=88
          (local.get $hart)
          (local.get $x11))
        (i64.store offset=96
          (local.get $hart)
          (local.get $x12))
        (i64.store offset=144
          (local.get $hart)
          (local.get $x18))
        (br 1 (;@1;))))
    (local.set $13
      (i64.add
        (local.get $pc)
        (i64.extend_i32_s
          (i32.sub
            (i32.and
              (local.get $exit)
              (i32.const 131071))
            (i32.const 65536)))))
    (if  ;; label = @1
      (i32.ge_s
        (local.get $exit)
        (i32.const 0))
      (then
        (return_call_indirect (type 0)
          (local.get $hart)
          (local.get $13)
          (local.get $budget)
          (local.get $depth)
          (select
            (i32.load offset=8
              (local.tee $11
                (i32.add
                  (i32.and
                    (i32.shl
                      (i32.xor
                        (local.tee $11
                          (i32.wrap_i64
                            (local.get $13)))
                        (i32.shr_u
                          (local.get $11)
                          (i32.const 12)))
                      (i32.const 3))
                    (i32.const 65520))
                  (i32.load offset=1332
                    (local.get $hart)))))
            (i32.const 0)
            (i32.and
              (i64.eq
                (i64.load
                  (local.get $11))
                (i64.or
                  (local.get $13)
                  (i64.const 1)))
              (i32.eq
                (i32.load offset=12
                  (local.get $11))
                (i32.load offset=1336
                  (local.get $hart))))))))
    (i32.store offset=1328
      (local.get $hart)
      (i32.const 1))
    (i64.store offset=768
      (local.get $hart)
      (local.get $13))
    (i32.add
      (local.get $budget)
      (i32.and
        (i32.shr_u
          (local.get $exit)
          (i32.const 17))
        (i32.const 16383))))
